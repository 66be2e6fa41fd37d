"""Ends a command on SIGTERM and SIGHUP as on Ctrl-C, so that it removes its temporary folders."""

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TOGETHER_SECONDS = 1.0  # signals that come so soon after Ctrl-C are one with it
USUAL = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}

_terminated: list["Terminated"] = []  # at most one: libraries raise a plain KeyboardInterrupt in its place


class Terminated(KeyboardInterrupt):
    """A signal ended the command; holds the exit status for it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_status = 128 + number  # as a shell reports it


@contextmanager
def terminate_on_signals() -> Iterator[None]:
    """Raises Terminated when such a signal comes, unless the command was started to ignore it.

    A signal that comes while the command cleans up does not interrupt that: after Terminated none counts any
    more, and after Ctrl-C none for a moment, because a debugger or a test may go on.
    """
    quiet_until = -math.inf

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal quiet_until
        if (now := time.monotonic()) < quiet_until:
            return
        if number == signal.SIGINT:
            quiet_until = now + TOGETHER_SECONDS
            raise KeyboardInterrupt
        quiet_until = math.inf
        _terminated.append(Terminated(number))
        raise _terminated[0]

    _terminated.clear()
    numbers = {getattr(signal, name): usual for name, usual in USUAL.items() if hasattr(signal, name)}
    before = {number: usual for number, usual in numbers.items() if signal.getsignal(number) == usual}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


@contextmanager
def until_ctrl_c() -> Iterator[None]:
    """Ends its block on Ctrl-C, the usual way to end it; raises Terminated if another signal ended it."""
    try:
        yield
    except KeyboardInterrupt:
        if _terminated:
            raise _terminated[0] from None


def exit_status_of_signal() -> int | None:
    """The exit status if a signal ended the command; None if it was Ctrl-C."""
    return _terminated[0].exit_status if _terminated else None
