"""From a folder to the submissions in it; nothing that lies there is dropped in silence."""

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.judge.stage import HandedIn, read_plain
from grader.model.errors import UserError
from grader.model.student import Student, Submission


@dataclass(frozen=True, slots=True)
class Found:
    """A submission, where its files lie, and those of the student's submissions that may count, in order."""

    submission: Submission
    folder: Path
    among: tuple[str, ...]


@dataclass(frozen=True)
class SetAside:
    """Something that a person must look at, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """What a folder holds: submissions, sorted; students; entries refused; names that are no submission."""

    submissions: tuple[Found, ...]
    students: tuple[Student, ...] = ()
    refused: tuple[SetAside, ...] = ()
    ignored: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def read(self, found: Found) -> HandedIn:
        """The files of a submission."""
        return read_folder(found.folder, self.files)


def find_submissions(root: Path, files: Iterable[str], assignment: str = "") -> Intake:
    """One submission per sub-folder of `root`, whose name is the student's id; no symbolic link is followed.

    `files` are the names handed in, relative to a sub-folder. Raises UserError where `root` is no
    folder or holds no submission.
    """
    if not root.exists():
        raise UserError("no such folder; expected a folder that holds one folder per student", root)
    if not root.is_dir():
        raise UserError("not a folder; expected a folder that holds one folder per student", root)
    names = tuple(sorted(files))
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
            digest = digest_of(read_folder(folder, names))
            submission = Submission(entry.name, assignment, digest)
            submissions.append(Found(submission, folder, (submission.id,)))
    if not submissions and not refused:
        raise UserError("no submission here; expected a folder that holds one folder per student", root)
    students = tuple(Student(found.submission.student_id) for found in submissions)
    return Intake(tuple(submissions), students, tuple(refused), tuple(ignored), names)


def read_folder(folder: Path, names: Iterable[str]) -> HandedIn:
    """The files of that name in a folder."""
    files, problems = {}, {}
    for name in names:
        content = read_plain(folder / name, name)
        if isinstance(content, str):
            problems[name] = content
        else:
            files[name] = content
    return HandedIn(files, problems)


def digest_of(handed_in: HandedIn) -> str:
    """SHA-256 over names and contents, and over what is wrong where there is no content."""
    digest = hashlib.sha256()
    for name, content in sorted(_contents(handed_in)):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _contents(handed_in: HandedIn) -> Iterator[tuple[str, bytes]]:
    yield from handed_in.files.items()
    for name, problem in handed_in.problems.items():
        yield f"{name}\0", problem.encode()
