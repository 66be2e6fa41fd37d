"""Caches compiled kernels in the user's cache folder: bounded in size, safe for several processes."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

MOST_BYTES = 512 << 20
LEAST_SECONDS = 600.0  # what was used so lately stays: another process may be about to


class Cache:
    """Files in a folder, by default $XDG_CACHE_HOME/backflip/graded; the longest unused make room for new."""

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        self._folder = folder or Path(home, "backflip", "graded")
        self._most_bytes = most_bytes

    def get(self, name: str) -> bytes | None:
        """What is kept under a name; None where nothing is."""
        path = self._folder / name
        try:
            content = path.read_bytes()
            os.utime(path)  # the time of its last use; that of reading is not kept everywhere
        except FileNotFoundError:
            return None
        return content

    def find(self, pattern: str) -> dict[str, bytes]:
        """All that is kept under names of a pattern."""
        entries = {path.name: self.get(path.name) for path in sorted(self._folder.glob(pattern))}
        return {name: content for name, content in entries.items() if content is not None}

    def keep(self, name: str, content: bytes) -> None:
        """Keeps it, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
            part.write(content)
        os.replace(part.name, self._folder / name)
        self._make_room()

    def _make_room(self) -> None:
        """Removes what was not used for longest, and what a process that was killed left half written."""
        entries = []
        for entry in os.scandir(self._folder):
            with contextlib.suppress(FileNotFoundError):  # another process makes room, too
                about = entry.stat(follow_symlinks=False)
                entries.append((about.st_mtime, about.st_size, entry.path))
        excess = sum(size for _, size, _ in entries) - self._most_bytes
        for used, size, path in sorted(entries):
            if excess <= 0 or used > time.time() - LEAST_SECONDS:
                return
            Path(path).unlink(missing_ok=True)
            excess -= size
