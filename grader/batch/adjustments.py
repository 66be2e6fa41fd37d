"""What a person adds to scores: read from CSV, all of it or nothing."""

import csv
import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.model.errors import UserError
from grader.model.student import Adjustment, Student
from grader.report.class_row import ClassRow
from grader.report.spreadsheet import as_written

COLUMNS = ("student_id", "assignment", "criterion", "points", "reason", "author")
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]
EXPECTED = {"points": "a number, 2.5 or -1/3", "reason": "why, on one line", "author": "who says so"}


class AdjustmentLine(BaseModel):
    """One line of adjustments.csv."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    student_id: Line
    assignment: Line
    criterion: str
    points: Annotated[str, Field(pattern=r"^[+-]?\d{1,6}(\.\d{1,6}|/[1-9]\d{0,5})?$")]
    reason: Line
    author: Line


def read_adjustments(
    path: Path, students: Iterable[Student], rows: Iterable[ClassRow]
) -> tuple[Adjustment, ...]:
    """The adjustments in the file's order; `rows` say what there is to adjust.

    UserError, with the line, for the first that names nobody or nothing, or says neither how much nor why.
    """
    known = {student.id for student in students}
    criteria: dict[str, set[str]] = {}
    for row in rows:
        found = {c.id for c in row.grade.criteria} if row.grade is not None else set()
        criteria.setdefault(row.assignment, {""}).update(found)
    seen: dict[tuple[str, str, str], int] = {}
    adjustments = []
    for line, cells in _lines(path):
        adjustment = _adjustment(path, line, cells)
        key = (adjustment.student_id, adjustment.assignment, adjustment.criterion)
        if adjustment.student_id not in known:
            expected = "expected one on the roster, or who handed something in"
            raise UserError(f"found no student {adjustment.student_id!r}; {expected}", path, line)
        _check(path, line, "assignment", adjustment.assignment, criteria)
        _check(path, line, "criterion", adjustment.criterion, criteria[adjustment.assignment])
        if key in seen:
            raise UserError(f"found the same as on line {seen[key]} again; expected each once", path, line)
        seen[key] = line
        adjustments.append(adjustment)
    return tuple(adjustments)


def _lines(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise UserError("not UTF-8; save it as CSV UTF-8", path) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        expected = f"expected the columns {', '.join(COLUMNS)}"
        raise UserError(f"found no column {', '.join(missing)}; {expected}", path, 1)
    return [(reader.line_num, row) for row in reader]


def _adjustment(path: Path, line: int, cells: dict[str, str | None]) -> Adjustment:
    try:
        values = {name: as_written(cells.get(name) or "") for name in COLUMNS}
        parsed = AdjustmentLine.model_validate(values).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        expected = EXPECTED.get(column, "a name")
        raise UserError(f"{column}: found {first['input']!r}, expected {expected}", path, line) from error
    return Adjustment(**{**parsed, "points": Fraction(parsed["points"])})


def _check(path: Path, line: int, what: str, found: str, known: Iterable[str]) -> None:
    if found not in known:
        expected = ", ".join(sorted(filter(None, known))) or "none: nobody has a grade"
        raise UserError(f"found {what} {found!r}, expected one of {expected}", path, line)
