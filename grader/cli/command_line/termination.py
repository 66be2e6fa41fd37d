"""Ends a command on SIGTERM and SIGHUP as on Ctrl-C, so that it removes its temporary folders."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """A signal ended the command; holds the exit status for it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_status = 128 + number  # as a shell reports it


@contextmanager
def cleaning_up() -> Iterator[None]:
    """Raises Terminated when such a signal comes, unless the command was started to ignore it."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no SIGHUP
    numbers = [
        number for name in names if signal.getsignal(number := getattr(signal, name)) == signal.SIG_DFL
    ]

    def end(number: int, frame: FrameType | None) -> NoReturn:
        for each in numbers:
            signal.signal(each, _stay)
        raise Terminated(number)

    for number in numbers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _stay(number: int, frame: FrameType | None) -> None:
    """Does nothing: once is enough, and the clean-up follows. A child would inherit an ignored signal."""
