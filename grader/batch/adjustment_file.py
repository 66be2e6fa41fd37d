"""Reads score adjustments from CSV: all rows or none."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.model.class_row import ClassRow
from grader.model.did_you_mean import did_you_mean
from grader.model.errors import UserError
from grader.model.file_formats.csv_cells import as_written
from grader.model.file_formats.csv_table import read_table
from grader.model.student import ADJUSTMENT_COLUMNS, NO_SUBMISSION, Adjustment, AppliesTo, Student
from grader.model.text import exact_text

COLUMNS = ADJUSTMENT_COLUMNS[:6]  # the other columns may be left out, which means the same as empty
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]
EXPECTED = {
    "points": "a number, 2.5 or -1/3",
    "reason": "why, on one line",
    "author": "who says so",
    "applies_to": "submission (also if the cell is empty) or student",
    "may_exceed": "yes or no (also if the cell is empty)",
    "submission": "the id that `grader report --format adjustments` wrote; empty it to renew the adjustment",
}


class AdjustmentLine(BaseModel):
    """One line of adjustments.csv."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    student_id: Line
    assignment: Line
    criterion: str
    points: Annotated[str, Field(pattern=r"^[+-]?\d{1,6}(\.\d{1,6}|/[1-9]\d{0,5})?$")]
    reason: Line
    author: Line
    applies_to: Literal["", "submission", "student"]
    may_exceed: Literal["", "yes", "no"]
    submission: Annotated[str, Field(pattern=rf"^({NO_SUBMISSION}|[0-9a-f]{{32}})?$")]


def read_adjustments(
    path: Path, students: Iterable[Student], rows: Iterable[ClassRow]
) -> tuple[Adjustment, ...]:
    """The adjustments in the file's order; `rows` are the standings to adjust.

    Raises UserError, with the line, for the first adjustment that is wrong: it names no student, or no work
    of that student; it lacks points or a reason; or its points alone exceed those of the assignment.
    """
    ids = {student.id for student in students}
    criteria: dict[str, set[str]] = {}
    offered: dict[str, Fraction] = {}
    for row in rows:
        ids_of_criteria = {c.id for c in row.grade.criteria} if row.grade is not None else set()
        criteria.setdefault(row.assignment, {""}).update(ids_of_criteria)
        offered[row.assignment] = max(offered.get(row.assignment, Fraction(0)), row.standing.max_score)
    first_lines: dict[tuple[str, str, str], int] = {}
    adjustments = []
    for line, cells in read_table(path, COLUMNS):
        adjustment = _adjustment(path, line, cells)
        key = (adjustment.student_id, adjustment.assignment, adjustment.criterion)
        if adjustment.student_id not in ids:
            student = adjustment.student_id
            expected = f"expected a student on the roster or with a submission{did_you_mean(student, ids)}"
            raise UserError(f"found no student {student!r}; {expected}", path, line)
        _check(path, line, "assignment", adjustment.assignment, criteria)
        _check(path, line, "criterion", adjustment.criterion, criteria[adjustment.assignment])
        most = offered[adjustment.assignment]
        if most and abs(adjustment.points) > most:
            message = f"found {exact_text(adjustment.points)} points, expected at most {exact_text(most)}"
            raise UserError(f"{message}: {adjustment.assignment} offers no more", path, line)
        if key in first_lines:
            raise UserError(
                f"found the same adjustment as on line {first_lines[key]}; expected each once", path, line
            )
        first_lines[key] = line
        adjustments.append(adjustment)
    return tuple(adjustments)


def _adjustment(path: Path, line: int, cells: Mapping[str, str | None]) -> Adjustment:
    try:
        values = {name: as_written(cells.get(name) or "") for name in ADJUSTMENT_COLUMNS}
        parsed = AdjustmentLine.model_validate(values).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        expected = EXPECTED.get(column, "a name")
        raise UserError(f"{column}: found {first['input']!r}, expected {expected}", path, line) from error
    return Adjustment(
        **{name: parsed[name] for name in COLUMNS if name != "points"},
        points=Fraction(parsed["points"]),
        applies_to=AppliesTo(parsed["applies_to"] or AppliesTo.SUBMISSION),
        may_exceed=parsed["may_exceed"] == "yes",
        submission={"": None, NO_SUBMISSION: ""}.get(parsed["submission"], parsed["submission"]),
    )


def _check(path: Path, line: int, what: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        expected = ", ".join(sorted(filter(None, allowed))) or "none: no student has a grade"
        raise UserError(
            f"found {what} {value!r}, expected one of {expected}{did_you_mean(value, allowed)}", path, line
        )
