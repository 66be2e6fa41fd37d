"""Keeps what is costly to make in the user's cache: of bounded size, never trusted blindly, for many at once.

Each file begins with a digest of its name and its content. One that is cut short, damaged or put in another's
place does not match it, and counts as missing. A folder in which anybody else may write counts as empty.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path

MOST_BYTES, MOST_FILES = 512 << 20, 4000
LEAST_SECONDS = 600.0  # what was used so lately stays: another process may be about to
DIGEST_BYTES = hashlib.sha256().digest_size


class UserCache:
    """Files in a folder, by default `name` in $XDG_CACHE_HOME/backflip; the longest unused make room for new.

    Nobody but the user may read them. Where the folder cannot be written nothing is kept.
    """

    def __init__(self, name: str, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        self._folder = folder or Path(home, "backflip", name)
        self._most_bytes = most_bytes

    def get(self, name: str) -> bytes | None:
        """What is kept under a name; None where nothing is, or not what was kept."""
        path = self._folder / name
        try:
            if not self._is_ours():
                return None
            whole = path.read_bytes()
            os.utime(path)  # the time of its last use; that of reading is not kept everywhere
        except OSError:
            return None
        digest, content = whole[:DIGEST_BYTES], whole[DIGEST_BYTES:]
        return content if digest == _digest(name, content) else None

    def find(self, pattern: str) -> dict[str, bytes]:
        """All that is kept under names of a pattern."""
        entries = {path.name: self.get(path.name) for path in sorted(self._folder.glob(pattern))}
        return {name: content for name, content in entries.items() if content is not None}

    def keep(self, name: str, content: bytes) -> None:
        """Keeps it, whole or not at all."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._is_ours():
                return
            self._folder.chmod(0o700)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
                part.write(_digest(name, content) + content)
            os.replace(part.name, self._folder / name)
            self._make_room()

    def _is_ours(self) -> bool:
        """Whether the folder is the user's, and nobody else may write in it."""
        about = self._folder.lstat()
        mine = about.st_uid == os.geteuid() and stat.S_ISDIR(about.st_mode)
        return mine and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _make_room(self) -> None:
        """Removes what was not used for longest, and what a process that was killed left half written."""
        entries = []
        for entry in os.scandir(self._folder):
            with contextlib.suppress(FileNotFoundError):  # another process makes room, too
                about = entry.stat(follow_symlinks=False)
                entries.append((about.st_mtime, about.st_size, entry.path))
        excess = sum(size for _, size, _ in entries) - self._most_bytes
        too_many = len(entries) - MOST_FILES
        for number, (used, size, path) in enumerate(sorted(entries)):
            if (excess <= 0 and number >= too_many) or used > time.time() - LEAST_SECONDS:
                return
            Path(path).unlink(missing_ok=True)
            excess -= size


def _digest(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()
