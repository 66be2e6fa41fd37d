"""Creates temporary folders, and removes those that a killed grader left behind.

A process that is killed by SIGKILL removes nothing. Therefore each folder has a lock, flock(2) on the folder
itself, which its process holds as long as the folder exists. The kernel releases the lock however the process
ends. Before a process creates its first folder, it removes all folders whose lock is free. systemd-tmpfiles
obeys the same lock when it removes old files.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
import weakref

PREFIX = "backflip-scratch-"


class ScratchFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder that no other grader removes while this process lives."""

    def __init__(self) -> None:
        remove_abandoned(tempfile.gettempdir())
        super().__init__(prefix=PREFIX, ignore_cleanup_errors=True)
        while (descriptor := _locked(self.name)) is None:
            super().cleanup()
            super().__init__(prefix=PREFIX, ignore_cleanup_errors=True)
        self._release = weakref.finalize(self, os.close, descriptor)

    def cleanup(self) -> None:
        """Removes the folder and releases its lock."""
        super().cleanup()
        self._release()


def _locked(folder: str) -> int | None:
    """A descriptor that holds the lock of a new folder; None if another grader removed the folder first."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with contextlib.suppress(OSError):  # if a file system has no locks, no grader removes anything there
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    if os.path.exists(folder):
        return descriptor
    os.close(descriptor)
    return None


@functools.cache
def remove_abandoned(place: str) -> None:
    """Removes this user's scratch folders whose lock is free, once in a process.

    Other users can write to `place` too. A link, or a folder that is not this user's, stays where it is.
    """
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                _remove_if_free(entry.path)


def _remove_if_free(path: str) -> None:
    with contextlib.suppress(OSError):  # it is a link, or not readable, or its process lives
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_uid == os.getuid():
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)
