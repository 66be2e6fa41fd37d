"""Builds the wheel of the grader that handouts and autograders carry."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import grader
from grader.model.errors import GraderFault, UserError

OF_INSTRUCTORS = (
    "grader/desk/",
    "grader/publish/",
    "grader/author/new_assignment/",
    "grader/author/templates/",
)
NOT_IN_HANDOUTS = (*OF_INSTRUCTORS, "grader/batch/", "grader/prove/")  # students grade only their own work
SOURCE = Path(grader.__file__).parents[1]  # Backflip's own repository: a course may lie anywhere


def build_wheel(folder: Path, left_out: Sequence[str]) -> Path:
    """The wheel of the grader without some of its folders, built into `folder`; the same bytes every time."""
    if not (SOURCE / "pyproject.toml").is_file():
        raise UserError(f"found no source of Backflip in {SOURCE}: generate from a copy of its repository")
    process = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=SOURCE,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1580601600"},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise GraderFault(
            f"the wheel could not be built: {(process.stderr or process.stdout).strip()[-500:]}"
        )
    wheel = next(folder.glob("*.whl"))
    _leave_out(wheel, tuple(left_out))
    return wheel


def requirement_of(path: str, wheel: bytes) -> bytes:
    """A line of requirements.txt: the wheel at a relative path, by its SHA-256."""
    return f"./{path} --hash=sha256:{hashlib.sha256(wheel).hexdigest()}\n".encode()


def _leave_out(wheel: Path, folders: tuple[str, ...]) -> None:
    """Writes the wheel again without the files of some folders and their lines in RECORD."""
    slim = wheel.with_suffix(".slim")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(slim, "w") as new:
        for entry in old.infolist():
            if entry.filename.startswith(folders):
                continue
            content = old.read(entry)
            if entry.filename.endswith(".dist-info/RECORD"):
                lines = content.splitlines(keepends=True)
                content = b"".join(line for line in lines if not line.decode().startswith(folders))
            new.writestr(entry, content)
    slim.replace(wheel)
