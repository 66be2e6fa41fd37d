"""The files of a report, written whole or not at all."""

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.model.errors import UserError

Files = Mapping[str, bytes]  # by path below the folder that they are written into


def write_files(out: Path, files: Files) -> list[Path]:
    """Writes every file below `out` and returns their paths; none appears before all of them are written."""
    with tempfile.TemporaryDirectory(prefix=".backflip-", dir=_made(out)) as scratch:
        ready = []
        for number, (name, content) in enumerate(files.items()):
            part = Path(scratch) / str(number)
            part.write_bytes(content)
            ready.append((part, out / name))
        for part, path in ready:
            os.replace(part, _made(path.parent) / path.name)
    return [path for _, path in ready]


def write_text(path: Path, text: str) -> None:
    """Writes one file to where somebody said, which may be a device or a pipe as well."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", path) from error


def folder_name(id: str) -> str:
    """A student's id as the name of a folder: the same for the same id, another one for another."""
    safe = re.sub(r"[^\w.@+-]", "_", id, flags=re.ASCII).lstrip(".")[:60]
    if safe and safe == id:
        return id
    digest = hashlib.sha256(id.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{safe or 'student'}-{digest}"


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", folder) from error
    return folder
