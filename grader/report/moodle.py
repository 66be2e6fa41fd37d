"""Moodle's grading worksheet, filled in, and the zip of feedback files that it takes back."""

import io
import re
import zipfile
from collections.abc import Mapping

from grader.model.identity import Claim
from grader.report.canvas import FilledIn, left_out
from grader.report.class_row import ClassReport
from grader.report.feedback_files import student_markdown, student_text
from grader.report.sheet import Find, Line, Sheet
from grader.report.spreadsheet import to_csv
from grader.report.text import clean_line, score_text

NEEDED = ("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")
LOCKED = "Grade can be changed"
TIMELESS = (1980, 1, 1, 0, 0, 0)  # of a file in a zip: the same grades give the same bytes


def fill_moodle(report: ClassReport, sheet: Sheet, find: Find) -> FilledIn:
    """moodle.csv, the worksheet filled in, and feedback.zip, a folder a student as Moodle names it.

    The report is of one assignment. Lines whose grade may not be changed stay as they are. Raises UserError
    where the maximum grade is not the assignment's.
    """
    (assignment,) = report.assignments
    rows = {row.student_id: row for row in report.rows}
    grade, comment = sheet.header.index("Grade"), sheet.header.index("Feedback comments")
    filled: set[tuple[str, str]] = set()
    lines, feedback = [list(sheet.header)], {}
    for line in sheet.lines:
        cells = [*line.cells, *[""] * (len(sheet.header) - len(line.cells))]
        _check_maximum(report, sheet, line)
        number = re.sub(r"\D", "", sheet.cell(line, "Identifier"))
        ids = tuple(id for id in (sheet.cell(line, "ID number"),) if id)
        found = find(Claim(ids, number, sheet.cell(line, "Full name"), sheet.cell(line, "Email address")))
        row = None if isinstance(found, str) else rows.get(found.id)
        if row is not None and sheet.cell(line, LOCKED) != "No":
            filled.add((row.student_id, assignment))
            if row.score is not None and not row.review_reason:
                cells[grade] = score_text(row.score)
                cells[comment] = " ".join(f"{clean_line(step.says)}." for step in row.final.steps)
                folder = f"{sheet.cell(line, 'Full name').replace('/', '_')}_{number}_assignsubmission_file_"
                feedback[f"{folder}/feedback.txt"] = student_text(row)
                feedback[f"{folder}/feedback.md"] = student_markdown(row, report.title(assignment))
        lines.append(cells)
    files = {"moodle.csv": to_csv(lines), "feedback.zip": _zipped(feedback)}
    return FilledIn(files, left_out(report, filled, sheet))


def _check_maximum(report: ClassReport, sheet: Sheet, line: Line) -> None:
    found = sheet.cell(line, "Maximum Grade")
    offered = report.max_score(report.assignments[0])
    try:
        fits = not offered or float(found.replace(",", ".")) == float(offered)
    except ValueError:
        fits = False
    if not fits:
        message = f"found {found!r} for Maximum Grade, expected {score_text(offered)}: change it in Moodle"
        raise sheet.fail(message, line.number)


def _zipped(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, TIMELESS), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
