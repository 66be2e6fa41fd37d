"""From a folder to the submissions in it; nothing that lies there is dropped in silence."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.judge.stage import MAX_FILE_BYTES
from grader.model.errors import UserError


@dataclass(frozen=True)
class FoundSubmission:
    """One student's files: where they lie, and a digest (hex SHA-256) of those that are handed in."""

    student_id: str
    folder: Path
    digest: str


@dataclass(frozen=True)
class SetAside:
    """Something that a person must look at, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """What a folder holds: submissions, sorted; entries refused; names that are no submission."""

    submissions: tuple[FoundSubmission, ...]
    refused: tuple[SetAside, ...] = ()
    ignored: tuple[str, ...] = ()


def find_submissions(root: Path, files: Iterable[str]) -> Intake:
    """One submission per sub-folder of `root`, whose name is the student's id; no symbolic link is followed.

    `files` are the names handed in, relative to a sub-folder. Raises UserError where `root` is no
    folder or holds no submission.
    """
    if not root.exists():
        raise UserError("no such folder; expected a folder that holds one folder per student", root)
    if not root.is_dir():
        raise UserError("not a folder; expected a folder that holds one folder per student", root)
    names = sorted(files)
    submissions, refused, ignored = [], [], []
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            ignored.append(entry.name)
        elif entry.is_symlink():
            refused.append(SetAside(entry.name, "a symbolic link; expected the student's folder itself"))
        elif not entry.is_dir(follow_symlinks=False):
            ignored.append(entry.name)
        elif any(unicodedata.category(c) in ("Cc", "Cs") for c in entry.name):
            name = ascii(entry.name)
            refused.append(SetAside(name, "control characters or bytes that are not UTF-8 in a student's id"))
        else:
            folder = root / entry.name
            submissions.append(FoundSubmission(entry.name, folder, _digest(folder, names)))
    if not submissions and not refused:
        raise UserError("no submission here; expected a folder that holds one folder per student", root)
    return Intake(tuple(submissions), tuple(refused), tuple(ignored))


def _digest(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0{_content(folder, name)}\0".encode())
    return digest.hexdigest()


def _content(folder: Path, name: str) -> str:
    """Size and digest of one file handed in, or why it has none; nothing but a plain file is opened."""
    path = folder / name
    steps = [path, *path.parents]
    if any(step.is_symlink() for step in steps[: steps.index(folder)]):
        return "link"
    try:
        # O_NONBLOCK: a FIFO in the file's place must not make the class wait
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return "missing"
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "no file"
        # what is larger is refused whatever it holds, so its size is enough
        return f"{status.st_size} {hashlib.sha256(file.read(MAX_FILE_BYTES)).hexdigest()}"
