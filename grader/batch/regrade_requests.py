"""Reads students' requests for a regrade from CSV: all rows or none."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.model.class_input.identity import Claim, Identities
from grader.model.errors import UserError
from grader.model.file_formats.csv_table import read_table
from grader.model.near_miss import near_miss
from grader.model.request_code import code_of, read_code
from grader.model.student import Student
from grader.model.text import clean_line

COLUMNS = ("student", "case", "text")
MOST_CHARACTERS = 4000  # of a student's text
EXAMPLE = "x_grad/of-views · 7KQ2, as the feedback shows it"


@dataclass(frozen=True)
class AskedFor:
    """A student's request about a case of an assignment, in their words."""

    student: str
    assignment: str
    case: str
    text: str


def read_requests(
    path: Path, students: Iterable[Student], assignments: Collection[str], key: str
) -> tuple[AskedFor, ...]:
    """The requests in the file's order; `key` is the course's secret, from which the codes are made.

    Raises UserError, with the line, for the first that names no student, or no case of their feedback.
    """
    known = tuple(students)
    identities = Identities(known)

    def student_of(name: str, line: int) -> Student:
        claim = Claim(email=name) if "@" in name else Claim(ids=(name,), name=name)
        student = identities.find(claim)
        if isinstance(student, Student):
            return student
        near = near_miss(name, (text for one in known for text in (one.id, one.name, one.email) if text))
        raise UserError(f"found student {clean_line(name)!r}: {student}{near}", path, line)

    return tuple(
        _request(path, line, _stripped(row), student_of, assignments, key)
        for line, row in read_table(path, COLUMNS)
    )


def _stripped(row: Mapping[str, str | None]) -> dict[str, str]:
    return {name: (row.get(name) or "").strip() for name in COLUMNS}


def assignment_of_code(student: str, case: str, code: str, assignments: Collection[str], key: str) -> str:
    """The assignment with this code at a case of the student's feedback; "" for none."""
    return next((name for name in assignments if code_of(key, student, name, case) == code), "")


def _request(
    path: Path,
    line: int,
    cells: dict[str, str],
    student_of: Callable[[str, int], Student],
    assignments: Collection[str],
    key: str,
) -> AskedFor:
    student = student_of(cells["student"], line)
    case, code = read_code(cells["case"])
    if not case:
        raise UserError(f"found case {clean_line(cells['case'])!r}, expected one as {EXAMPLE}", path, line)
    if not 0 < len(cells["text"]) <= MOST_CHARACTERS:
        message = f"found a text of {len(cells['text'])} characters"
        raise UserError(f"{message}, expected from 1 to {MOST_CHARACTERS}", path, line)
    assignment = assignment_of_code(student.id, case, code, assignments, key)
    if not assignment:
        message = f"found code {code} for {clean_line(case)}, which is not in the feedback of {student.label}"
        raise UserError(f"{message}: ask the student to copy both", path, line)
    return AskedFor(student.id, assignment, case, cells["text"])
