"""The formats of a report on a class, one module each, found by name.

A module defines `WRITES`, a line for `--help`; `FILLS_IN`, true if it fills in a table that an LMS exported
(`--into`); `ONE_ASSIGNMENT`, true if its files are about one assignment only; `NAMES_COLUMNS`, true if
`--column` may name the columns of that table; and `write(report, request)`, a pure function that returns the
files to write. A format that `grader grade` also writes has
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
from grader.report.write_files import Files

OF_ONE_GRADE = (  # the formats with `write_one`; a handout lacks the libraries for the others
    "classroom50", "feedback", "gcc", "github", "gitlab", "gradescope", "json", "junit", "prairielearn",
    "sarif",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """The further inputs of a format besides the report; the fields are the options of `grader report`.

    `into` is the table that the LMS exported, `students` are all students in the gradebook, `columns` maps
    roles to columns of the table.
    """

    students: Sequence[Student] = ()
    into: Path | None = None
    keep_existing: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OneGrade:
    """The data of `grader grade` on one submission; `reveal` shows the details of hidden cases."""

    grade: Grade
    sources: Sources = field(default_factory=Sources)
    reveal: bool = False


@dataclass(frozen=True)
class ReportFiles:
    """The files of a format, and the messages about them.

    `left_out` has a line for each omitted grade and for each row in doubt; `notes` are lines on which no
    grade depends; `changes` and `unchanged` are cells that held another grade; `counts` is the summary.
    """

    files: Files
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    counts: Mapping[str, int] | None = None


class Format(Protocol):
    """The interface of a module of this package."""

    WRITES: str
    FILLS_IN: bool
    ONE_ASSIGNMENT: bool
    NAMES_COLUMNS: bool

    def write(self, report: ClassReport, request: Request) -> ReportFiles:
        """The files of a report, and the messages about them."""


def names() -> tuple[str, ...]:
    """The names of the formats, sorted; imports none of them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def writer_of_one(name: str) -> Callable[[OneGrade], str]:
    """The function that writes one grade in a format of OF_ONE_GRADE; imports no other format."""
    write: Callable[[OneGrade], str] = importlib.import_module(f"{__name__}.{name}").write_one
    return write


def format_of(name: str) -> Format:
    """The format of that name."""
    module: Format = importlib.import_module(f"{__name__}.{name}")
    return module
