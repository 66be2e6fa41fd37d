"""Caches compiled kernels in a folder of bounded size."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import time
from pathlib import Path

MOST_BYTES = 512 << 20
LEAST_SECONDS = 600.0  # recently used files stay: another process may be about to load them


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/backflip/emulator, by default below ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "backflip" / "emulator"


def mark_used(*paths: Path) -> None:
    """Marks files as used now, because not every system records reads. FileNotFoundError."""
    for path in paths:
        os.utime(path)


def make_room(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Removes the least recently used files until the folder is within the given number of bytes.

    This also removes unfinished files of killed processes. Other processes may be using the folder.
    """
    entries = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process is making room too
            files = [path, *path.rglob("*")]
            entries.append((path.stat().st_mtime, sum(file.stat().st_size for file in files), path))
    excess = sum(size for _, size, _ in entries) - most_bytes
    for used, size, path in sorted(entries):
        if excess <= 0 or used > time.time() - LEAST_SECONDS:
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        excess -= size


@functools.cache
def contents(folder: Path) -> str:
    """The text of every file in a folder of the emulator."""
    return "\0".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def digest(*texts: str) -> str:
    """A name for these texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:20]
