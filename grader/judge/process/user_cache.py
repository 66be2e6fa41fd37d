"""Caches expensive results for the user: bounded in size, verified on reading, and safe for many processes.

Each file begins with a digest of its name and content. A file that is truncated, damaged or misplaced does
not match its digest and counts as missing. A folder that other users can write to counts as empty.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path

MOST_BYTES, MOST_FILES = 512 << 20, 4000
LEAST_SECONDS = 600.0  # files used this recently stay: another process may need them
DIGEST_BYTES = hashlib.sha256().digest_size


class UserCache:
    """Files in a folder, by default `name` in $XDG_CACHE_HOME/backflip; the least recently used go first.

    Only the user may read them. If the folder cannot be written, nothing is kept.
    """

    def __init__(self, name: str, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        self._folder = folder or Path(home, "backflip", name)
        self._most_bytes = most_bytes

    def get(self, name: str) -> bytes | None:
        """The content kept under a name; None if there is none, or if it was changed."""
        path = self._folder / name
        try:
            if not self._is_ours():
                return None
            whole = path.read_bytes()
            os.utime(path)  # the time of its last use; not all systems record reads
        except OSError:
            return None
        digest, content = whole[:DIGEST_BYTES], whole[DIGEST_BYTES:]
        return content if digest == _digest(name, content) else None

    def find(self, pattern: str) -> dict[str, bytes]:
        """All files with names that match a pattern."""
        entries = {path.name: self.get(path.name) for path in sorted(self._folder.glob(pattern))}
        return {name: content for name, content in entries.items() if content is not None}

    def keep(self, name: str, content: bytes) -> None:
        """Keeps the content, whole or not at all."""
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
        """True if the folder belongs to the user, and only the user may write in it."""
        about = self._folder.lstat()
        mine = about.st_uid == os.geteuid() and stat.S_ISDIR(about.st_mode)
        return mine and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _make_room(self) -> None:
        """Removes the least recently used files, and files that a killed process left half written."""
        entries = []
        for entry in os.scandir(self._folder):
            with contextlib.suppress(FileNotFoundError):  # another process may make room, too
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
