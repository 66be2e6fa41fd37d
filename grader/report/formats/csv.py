"""The class's scores as a spreadsheet."""

from collections.abc import Iterable

from grader.model.class_row import NOTHING, ClassReport, ClassRow
from grader.model.file_formats.csv_cells import to_csv
from grader.model.text import score_text
from grader.report.formats import ReportFiles, Request

WRITES = "grades.csv: one line for each student and assignment"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False


def grades_csv(rows: Iterable[ClassRow]) -> bytes:
    """grades.csv: one row per student, sorted by student_id; the same grades give the same bytes.

    Columns: student_id; for each assignment the final score, empty while it needs review, and then
    `assignment.criterion` in the rubric's order; needs_review; remark, which names the assignments in which
    the student submitted nothing.
    """
    ordered = sorted(rows, key=lambda row: (row.assignment, row.student_id))
    columns: dict[str, dict[str, None]] = {}  # per assignment, because a regrade may meet an older rubric
    students: dict[str, dict[str, str]] = {id: {} for id in sorted({row.student_id for row in ordered})}
    for row in ordered:
        columns_of = columns.setdefault(row.assignment, {row.assignment: None})
        cells = students[row.student_id]
        if row.score is not None:
            criteria = () if row.grade is None else row.grade.criteria
            scores = {f"{row.assignment}.{c.id}": score_text(c.score) for c in criteria}
            columns_of.update(dict.fromkeys(scores))
            final = "" if row.review_reason else score_text(row.score)
            cells |= {row.assignment: final} | scores
        if row.review_reason:
            line = f"{row.assignment}: {row.review_reason}"
            cells["needs_review"] = "; ".join(filter(None, [cells.get("needs_review"), line]))
        if row.is_absent:
            line = f"{row.assignment}: {NOTHING}"
            cells["remark"] = "; ".join(filter(None, [cells.get("remark"), line]))
    header = [
        "student_id",
        *(name for columns_of in columns.values() for name in columns_of),
        "needs_review",
        "remark",
    ]
    return to_csv(
        [header, *([id, *(cells.get(name, "") for name in header[1:])] for id, cells in students.items())]
    )


def write(report: ClassReport, request: Request) -> ReportFiles:
    """A line for each student and assignment."""
    return ReportFiles({"grades.csv": grades_csv(report.rows)})
