"""A machine-wide lock: one user's graders take turns with a resource that the machine has only once."""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.model.errors import UserError


@contextlib.contextmanager
def turn(name: str) -> Iterator[None]:
    """Waits, without a limit, for the turn with the resource `name`.

    The lock is a file, locked with flock(2), so that a grader that dies gives its turn back. The file is
    opened anew each time, because processes that share a descriptor, as after a fork, share the lock.
    """
    descriptor = os.open(own_folder() / f"{name}.turn", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def own_folder() -> Path:
    """A folder that only this user can write to; UserError if another user has put one in its place."""
    folder = Path(tempfile.gettempdir(), f"backflip-{os.getuid()}")
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise UserError(
            "found a place that others can write to, expected a folder of your own: remove it", folder
        )
    return folder
