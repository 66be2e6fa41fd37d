"""Caches compiled kernels in a folder of bounded size."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

MOST_BYTES = 512 << 20
LEAST_SECONDS = 600.0  # what was used so lately stays: another process may be about to load it


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/backflip/emulator, by default below ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "backflip" / "emulator"


def mark_used(*paths: Path) -> None:
    """Notes that files are used now: when they are read is not kept everywhere. FileNotFoundError."""
    for path in paths:
        os.utime(path)


def make_room(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Removes what was not used for longest, until no more than so many bytes are left.

    So goes what a process that was killed left half done. Others may be at work in the folder.
    """
    entries = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process makes room, too
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
