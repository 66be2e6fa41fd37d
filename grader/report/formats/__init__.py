"""The formats of a report on a class, one module each, found by name.

A module says `WRITES`, a line for `--help`; `FILLS_IN`, whether it fills in a table that an LMS exported
(`--into`); `ONE_ASSIGNMENT`, whether its files are about one assignment only; and `write(report, request)`, a
pure function that returns what is to be written. One that `grader grade` writes too has
`write_one(grade) -> str`. May import: grader.model, grader.report.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.model.class_row import ClassReport
from grader.model.grade import Grade
from grader.model.student import Student
from grader.report.problems import Sources
from grader.report.tables.sheet import Written

OF_ONE_GRADE = (  # those that have `write_one`; a handout has no library for the others
    *("classroom50", "feedback", "gcc", "github", "gitlab", "gradescope", "json", "junit", "prairielearn"),
    "sarif",
)


@dataclass(frozen=True)
class Request:
    """What a format may need besides the report; the fields are the options of `grader report`.

    `into` is the table that the LMS exported, `students` are all that the gradebook knows, `columns` says
    which column of the table plays which part.
    """

    students: Sequence[Student] = ()
    into: Path | None = None
    keep_existing: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OneGrade:
    """What `grader grade` has of one submission; `reveal` shows what hidden cases are about."""

    grade: Grade
    sources: Sources = field(default_factory=Sources)
    reveal: bool = False


class Format(Protocol):
    """What a module of this package offers."""

    WRITES: str
    FILLS_IN: bool
    ONE_ASSIGNMENT: bool

    def write(self, report: ClassReport, request: Request) -> Written:
        """The files of a report, and what to say of them."""


def names() -> tuple[str, ...]:
    """The formats, sorted; none is imported for it."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def writer_of_one(name: str) -> Callable[[OneGrade], str]:
    """What writes one grade in the format of that name, one of OF_ONE_GRADE; no other format is imported."""
    write: Callable[[OneGrade], str] = importlib.import_module(f"{__name__}.{name}").write_one
    return write


def format_of(name: str) -> Format:
    """The format of that name."""
    module: Format = importlib.import_module(f"{__name__}.{name}")
    return module
