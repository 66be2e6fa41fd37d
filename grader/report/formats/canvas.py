"""Fills in Canvas's gradebook for import (Canvas's guide: "import grades in the Gradebook")."""

import re
from collections.abc import Mapping

from grader.model.class_input.identity import Claim, Identities
from grader.model.class_row import ClassReport
from grader.model.text import score_text
from grader.report.formats import ReportFiles, Request
from grader.report.tables.fill_in import CellChanges, Find, lines_left_out, match_students
from grader.report.tables.sheet import Line, Sheet, read_sheet

WRITES = "canvas.csv: the gradebook that Canvas exported (--into), filled in"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = True, False, False

NEEDED = ("Student", "ID", "Section")  # "Section" is the last column about a student
TWO_NAMES = ("LastName", "FirstName")  # a setting makes Canvas export these instead of "Student"
INSTITUTION = ("SIS User ID", "SIS Login ID", "Integration ID")
STAYS = ("EX", "N/A")  # excused; not assigned to this student
TEST_STUDENT = "Student, Test"  # Canvas gives each course one
COLUMN = re.compile(r"(?P<title>.+?) \(\d+\)")


def fill_canvas(report: ClassReport, sheet: Sheet, find: Find, keep_existing: bool = False) -> ReportFiles:
    """canvas.csv: the columns about students and those of the report's assignments, scores filled in.

    A column belongs to the assignment if its heading is `Title (12345)`, with the assignment's title or name;
    any other heading would make Canvas add a new assignment. The cell of a student without a final score, or
    who is excused, stays as it is. A line without an ID is not a student's: it holds posting policies or the
    points possible. Raises UserError if a column or its points do not fit.
    """
    columns = {name: _column(report, sheet, name) for name in report.assignments}
    columns_kept = [*range(sheet.header.index("Section") + 1), *sorted(columns.values())]
    rows = {(row.student_id, row.assignment): row for row in report.rows}
    of_students = [line for line in sheet.lines if _is_of_a_student(sheet, line)]
    for line in sheet.lines:
        if not sheet.cell(line, "ID"):
            _check_points(report, sheet, line, columns)
    matches = match_students(((line, _claim(sheet, line)) for line in of_students), find)
    cell_changes = CellChanges(sheet, keep_existing)
    in_sheet: set[tuple[str, str]] = set()
    for line in of_students:
        student = matches.students.get(line.number)
        for name, index in columns.items() if student else ():
            assert student is not None
            row = rows.get((student.id, name))
            in_sheet.add((student.id, name))
            if row is None or row.score is None:
                cell_changes.counts["without a submission"] += 1
            elif row.has_final_score and sheet.at(line, index).upper() not in STAYS:
                cell_changes.fill_score(
                    line,
                    index,
                    score_text(row.score),
                    _student_label(student.name or student.id, name, columns),
                )
    doubts = [
        f"{sheet.path}:{n}: {_name_in_line(sheet, n)}: {why}" for n, why in sorted(matches.doubts.items())
    ]
    notes = [
        f"{sheet.path}:{n}: {_name_in_line(sheet, n)}: {why}" for n, why in sorted(matches.unknown.items())
    ]
    return ReportFiles(
        {"canvas.csv": sheet.to_bytes(cell_changes.cells, columns_kept)},
        (*doubts, *lines_left_out(report, in_sheet, sheet, are_doubts=bool(doubts))),
        tuple(notes),
        tuple(cell_changes.changes),
        tuple(cell_changes.unchanged),
        cell_changes.counts,
    )


def _is_of_a_student(sheet: Sheet, line: Line) -> bool:
    return bool(sheet.cell(line, "ID")) and _name(sheet, line) != TEST_STUDENT


def _claim(sheet: Sheet, line: Line) -> Claim:
    ids = tuple(id for id in (sheet.cell(line, column) for column in INSTITUTION) if id)
    return Claim(ids, sheet.cell(line, "ID"), _name(sheet, line))


def _name(sheet: Sheet, line: Line) -> str:
    both = [cell for cell in (sheet.cell(line, column) for column in TWO_NAMES) if cell]
    return sheet.cell(line, "Student") or ", ".join(both)


def _name_in_line(sheet: Sheet, number: int) -> str:
    return next(_name(sheet, line) for line in sheet.lines if line.number == number)


def _student_label(student: str, assignment: str, columns: Mapping[str, int]) -> str:
    return student if len(columns) == 1 else f"{student}, {assignment}:"


def _column(report: ClassReport, sheet: Sheet, name: str) -> int:
    titles = (report.title(name), name)
    matches = []
    for index, heading in enumerate(sheet.header):
        match = COLUMN.fullmatch(heading)
        if match is not None and match["title"] in titles:
            matches.append(index)
    if len(matches) != 1:
        expected = " or ".join(f"'{title} (12345)'" for title in dict.fromkeys(titles))
        count = "no column" if not matches else f"{len(matches)} columns"
        raise sheet.fail(
            f"found {count} for {name}, expected one, {expected}: create it in Canvas and export again"
        )
    return matches[0]


def _check_points(report: ClassReport, sheet: Sheet, line: Line, columns: Mapping[str, int]) -> None:
    """Checks a line that is not a student's; if it holds numbers, they are the points possible."""
    for name, index in columns.items():
        cell = sheet.at(line, index)
        offered = report.max_score(name)
        if offered and sheet.value(cell) not in (None, offered):
            expected = f"expected {score_text(offered)}: change it in Canvas"
            raise sheet.fail(f"found {cell!r} points possible for {name}, {expected}", line.number)


def write(report: ClassReport, request: Request) -> ReportFiles:
    """The table given with --into, filled in."""
    assert request.into is not None
    sheet = read_sheet(request.into, NEEDED, "Canvas", TWO_NAMES)
    return fill_canvas(report, sheet, Identities(request.students).find, request.keep_existing)
