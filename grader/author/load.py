"""Loads and checks the YAML of an assignment or a course.

Correct files are cached as plain data in the user's cache, keyed by a digest of everything read and of the
code that reads it. Reading and checking YAML takes longer than grading a submission.
"""

import contextlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from grader.author.course_files import digest_of, has_assignment, has_oracle, provided_file
from grader.judge.code_digest import code_digest
from grader.judge.process.user_cache import UserCache
from grader.model.assignment import (
    OWN_FILES,
    Assignment,
    Case,
    Course,
    Criterion,
    Data,
    ImportRules,
    Level,
    Limits,
    Rubric,
    SubmissionLimits,
    Visibility,
)
from grader.model.file_formats.plain_records import NotPlain, Records
from grader.model.late_policy import LateDays, Penalty, Policies, Rounding
from grader.model.surroundings import Device

T = TypeVar("T")
CODE = ("author", "judge", "model")  # the packages of the grader that determine the result of reading
CACHE = "loaded"
RECORDS = Records(
    (
        *(
            Assignment,
            SubmissionLimits,
            Case,
            Criterion,
            Data,
            Device,
            ImportRules,
            Level,
            Limits,
            Rubric,
            Visibility,
        ),
        Course, LateDays, Penalty, Policies, Rounding,
    )
)  # fmt: skip


def load(folder: Path) -> Assignment:
    """The assignment in `folder`, without the files that are rendered for a handout.

    Raises UserError for any mistake of the author.
    """

    def read() -> Assignment:
        from grader.author.read_yaml import read_assignment  # pydantic and PyYAML are slow to import

        return read_assignment(folder)

    def has_its_oracle(one: Assignment) -> bool:
        return one.frozen is not None or has_oracle(one.oracle, one.folder.parents[1])

    assignment = _cached(Assignment, lambda: _key_of_assignment(folder), has_its_oracle, read)
    digests = assignment.provided_digests
    provided = {name: provided_file(folder.parent / name, digest) for name, digest in digests.items()}
    paths = [folder / "assignment.yaml", assignment.rubric.source, assignment.probes, *assignment.tests]
    paths += [path for path in (folder / name for name in OWN_FILES) if path.is_file()]
    return replace(assignment, provided=provided, digest=_digest(paths, provided))


def load_course(path: Path) -> Course:
    """course.yaml; UserError for an assignment that is not there, or policies that contradict each other."""

    def read() -> Course:
        from grader.author.read_yaml import read_course

        return read_course(path)

    def has_its_assignments(one: Course) -> bool:
        return all(has_assignment(path.parent, name) for name in one.assignments)

    return _cached(Course, lambda: _key("course", path, [path]), has_its_assignments, read)


def changed_files(assignment: Assignment) -> list[str]:
    """In a handout: the provided files that were changed, apart from line ends."""
    provided, digests = assignment.provided, assignment.provided_digests
    return [name for name, digest in digests.items() if digest_of(provided[name]) != digest]


def _cached(
    kind: type[T], key_of: Callable[[], str], is_current: Callable[[T], bool], read: Callable[[], T]
) -> T:
    """The value that is kept under the key, or else the one that is read."""
    cache, key = UserCache(CACHE), key_of()
    with contextlib.suppress(ValueError):
        value = RECORDS.read(cache.get(key) or b"")
        if isinstance(value, kind) and is_current(value):
            return value
    value = read()
    if key == key_of():  # else it was edited meanwhile
        with contextlib.suppress(NotPlain):
            cache.keep(key, RECORDS.write(value))
    return value


def _key_of_assignment(folder: Path) -> str:
    templates = folder / "templates"
    sources = [folder / "assignment.yaml", folder / "rubric.yaml", folder / "probes.py"]
    sources += [folder / name for name in OWN_FILES]
    sources += [folder.parent / "README.md", templates / "README.md.j2", *sorted(folder.glob("test_*.py"))]
    return _key("assignment", folder, sources, sorted(path.name for path in templates.glob("*.py.j2")))


def _key(what: str, path: Path, sources: Iterable[Path], names: Iterable[str] = ()) -> str:
    """The cache key: a digest of the content of some files and of the code that reads them."""
    parts = [what, str(path), str(path.resolve()), sys.version, code_digest(CODE), *names]
    for file in sources:
        content = b""
        with contextlib.suppress(OSError):  # the code that reads the file decides whether it may be missing
            content = file.read_bytes()
        parts.append(f"{file.name} {digest_of(content)}")
    digest = digest_of("\0".join(parts).encode())
    return f"{what}-{digest}"


def _digest(paths: Iterable[Path], provided: Mapping[str, bytes]) -> str:
    parts = [path.read_bytes() for path in paths] + [name.encode() + data for name, data in provided.items()]
    return digest_of(b"".join(digest_of(part).encode() for part in parts))
