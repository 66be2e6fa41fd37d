"""Writes the manual score adjustments in the format that `grader adjust` reads."""

from collections.abc import Iterable

from grader.model.class_row import ClassReport, ClassRow
from grader.model.file_formats.csv_cells import to_csv
from grader.model.student import ADJUSTMENT_COLUMNS, NO_SUBMISSION, Adjustment, AppliesTo
from grader.model.text import exact_text
from grader.report.formats import ReportFiles, Request

WRITES = "adjustments.csv: the manual score adjustments, to edit and pass to `grader adjust`"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def adjustments_csv(rows: Iterable[ClassRow]) -> bytes:
    """adjustments.csv: the manual score adjustments, as `grader adjust` reads them."""
    lines = [_adjustment_line(adjustment) for row in rows for adjustment in row.adjustments]
    return to_csv([ADJUSTMENT_COLUMNS, *lines])


def _adjustment_line(a: Adjustment) -> list[str]:
    bound = "" if a.applies_to is AppliesTo.STUDENT or a.submission is None else a.submission or NO_SUBMISSION
    about = [a.student_id, a.assignment, a.criterion, exact_text(a.points), a.reason, a.author]
    return [*about, a.applies_to, "yes" if a.may_exceed else "no", bound]


def write(report: ClassReport, request: Request) -> ReportFiles:
    """Every adjustment."""
    return ReportFiles({"adjustments.csv": adjustments_csv(report.rows)})
