"""Builds the wheel of the grader that handouts and autograders carry."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import grader
from grader.model.errors import GraderFault, UserError

LEFT_OUT = ("grader/desk/", "grader/publish/")  # what an instructor alone uses
SOURCE = Path(grader.__file__).parents[1]  # Backflip's own repository: a course may lie anywhere


def build_wheel(folder: Path, whole: bool = False) -> Path:
    """The wheel of the grader, built into `folder`; the same bytes every time.

    Unless it is to be `whole`, it is without the desk and what else an instructor alone uses.
    """
    if not (SOURCE / "pyproject.toml").is_file():
        raise UserError(f"found no source of Backflip in {SOURCE}: generate from a copy of its repository")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=SOURCE,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1580601600"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderFault(f"the wheel could not be built: {(done.stderr or done.stdout).strip()[-500:]}")
    wheel = next(folder.glob("*.whl"))
    if not whole:
        _leave_out(wheel)
    return wheel


def _leave_out(wheel: Path) -> None:
    """Writes the wheel again without those files and their lines in RECORD."""
    left_out = tuple(map(str.encode, LEFT_OUT))
    slim = wheel.with_suffix(".slim")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(slim, "w") as new:
        for entry in old.infolist():
            if entry.filename.startswith(LEFT_OUT):
                continue
            content = old.read(entry)
            if entry.filename.endswith(".dist-info/RECORD"):
                lines = content.splitlines(keepends=True)
                content = b"".join(line for line in lines if not line.startswith(left_out))
            new.writestr(entry, content)
    slim.replace(wheel)
