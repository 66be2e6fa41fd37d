"""Whose turn it is: graders of one user on a machine work side by side, unless one must be alone."""

import contextlib
import fcntl
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.model.errors import UserError

MOST_SECONDS = 120.0  # that anybody waits for a turn: longer than a case takes, shorter than for ever
TICK_SECONDS = 0.01


class Room:
    """A room for any number of graders, or for one that is alone.

    Two files stand for it, both locked with flock(2), so that a grader that dies leaves. Whoever enters goes
    through the gate, one at a time; who wants to be alone keeps it shut while those inside leave. So nobody
    who waits is overtaken. A turn that does not come within `most_seconds` is taken: crowded beats stuck.
    """

    def __init__(self, name: str, folder: Path | None = None, most_seconds: float = MOST_SECONDS) -> None:
        self._most_seconds = most_seconds
        self._folder = own_folder() if folder is None else folder
        self._gate, self._inside = self._folder / f"{name}.gate", self._folder / f"{name}.inside"

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Inside with others."""
        end = time.monotonic() + self._most_seconds
        with _opened(self._inside) as inside:
            with _opened(self._gate) as gate:
                _lock(gate, fcntl.LOCK_EX, end)
                _lock(inside, fcntl.LOCK_SH, end)
            yield

    @contextlib.contextmanager
    def alone(self, seconds: float | None = None) -> Iterator[None]:
        """Inside once everybody has left, and nobody enters meanwhile; after so many seconds others may."""
        end = time.monotonic() + self._most_seconds
        with _opened(self._gate) as gate, _opened(self._inside) as inside:
            _lock(gate, fcntl.LOCK_EX, end)
            _lock(inside, fcntl.LOCK_EX, end)
            with contextlib.nullcontext() if seconds is None else _after(seconds, _open_up, gate, inside):
                yield


def _open_up(gate: int, inside: int) -> None:
    """From alone to inside with others; nobody else waits for the second lock while the first is held."""
    fcntl.flock(inside, fcntl.LOCK_SH)
    fcntl.flock(gate, fcntl.LOCK_UN)


@contextlib.contextmanager
def _after(seconds: float, act: Callable[..., None], *arguments: int) -> Iterator[None]:
    """Acts after so many seconds, unless what is done within has ended by then."""
    timer = threading.Timer(seconds, act, arguments)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def own_folder() -> Path:
    """A folder that this user alone writes to; UserError where somebody else has put one in its place."""
    folder = Path(tempfile.gettempdir(), f"backflip-{os.getuid()}")
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise UserError("found what others can write to, expected a folder of your own: remove it", folder)
    return folder


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Opened anew each time: who shares a descriptor, as after a fork, shares the lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int, end: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return None
            time.sleep(TICK_SECONDS)
