"""Writes manual score adjustments, each in place of an earlier one of the same criterion."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from grader.batch.gradebook.sql_statements import read_rows
from grader.batch.gradebook.tables import COUNTS, AdjustmentRow, GradeRow, StudentRow, SubmissionRow
from grader.model.errors import UserError
from grader.model.student import Adjustment, AppliesTo


def write_adjustment(connection: Connection, adjustment: Adjustment, gradebook: str) -> dict[str, Any]:
    """Writes an adjustment, or with 0 points revokes the earlier one; returns the audit log's entry.

    Raises UserError, about the file `gradebook`, if it has no such student, or no such submission of theirs.
    """
    values = asdict(adjustment) | {
        "points": str(adjustment.points),
        "applies_to": adjustment.applies_to.value,
    }
    key = {n: values[n] for n in ("student_id", "assignment", "criterion")}
    if connection.scalar(select(StudentRow.id).filter_by(id=adjustment.student_id)) is None:
        expected = "expected a student on the roster or with a submission"
        raise UserError(f"found no student {adjustment.student_id!r}; {expected}", gradebook)
    values["submission"] = _bound_to(connection, adjustment, gradebook)
    has_key = [getattr(AdjustmentRow, n) == value for n, value in key.items()]
    previous = next(read_rows(connection, AdjustmentRow, *has_key), None)
    connection.execute(delete(AdjustmentRow).filter_by(**key))
    if adjustment.points:
        connection.execute(insert(AdjustmentRow).values(values))
    detail = {n: v for n, v in values.items() if n not in ("student_id", "assignment")}
    return detail | {"before": previous and previous["points"], "previous": previous}


def _bound_to(connection: Connection, adjustment: Adjustment, gradebook: str) -> str:
    """The id of the submission that an adjustment is for; "" for none."""
    key = {"student_id": adjustment.student_id, "assignment": adjustment.assignment}
    if adjustment.applies_to is AppliesTo.STUDENT or adjustment.submission == "":
        return ""
    if adjustment.submission is None:
        return connection.scalar(select(GradeRow.submission_id).filter_by(**key).where(COUNTS)) or ""
    if connection.scalar(select(SubmissionRow.id).filter_by(id=adjustment.submission, **key)) is None:
        raise UserError(
            f"found submission {adjustment.submission!r} for {adjustment.student_id!r} in "
            f"{adjustment.assignment}; expected the id of one of this student's submissions, or nothing",
            gradebook,
        )
    return adjustment.submission
