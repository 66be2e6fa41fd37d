"""Canvas's gradebook, filled in, as Canvas takes it back (its guide: "import grades in the Gradebook")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.model.identity import Claim
from grader.report.class_row import ClassReport, ClassRow, review_line
from grader.report.files import Files
from grader.report.sheet import Find, Line, Sheet
from grader.report.spreadsheet import to_csv
from grader.report.text import score_text

NEEDED = ("Student", "ID", "Section")  # "Section" is the last column about a student
INSTITUTION = ("SIS User ID", "SIS Login ID", "Integration ID")
POINTS_POSSIBLE = "Points Possible"
EXCUSED = "EX"
COLUMN = re.compile(r"(?P<title>.+?) \(\d+\)")


@dataclass(frozen=True)
class FilledIn:
    """What to give back to the LMS, and a line for each grade that is not in it."""

    files: Files
    left_out: tuple[str, ...]


def fill_canvas(report: ClassReport, sheet: Sheet, find: Find) -> FilledIn:
    """canvas.csv: the columns about students and those of the report's assignments, scores filled in.

    A column is the assignment's if it is headed `Title (12345)` by its title or its name: any other heading
    would make Canvas add a new assignment. Cells of whom the report has no final score stay as they are, and
    so does whoever is excused. Raises UserError where a column or its points do not fit.
    """
    columns = {name: _column(report, sheet, name) for name in report.assignments}
    kept = [*range(sheet.header.index("Section") + 1), *sorted(columns.values())]
    rows = {(row.student_id, row.assignment): row for row in report.rows}
    filled: set[tuple[str, str]] = set()
    lines = [[sheet.header[index] for index in kept]]
    for line in sheet.lines:
        cells = [*line.cells, *[""] * (len(sheet.header) - len(line.cells))]
        if POINTS_POSSIBLE in line.cells[0]:
            _check_points(report, sheet, line, columns)
        elif sheet.cell(line, "ID"):
            for name, index in columns.items():
                row = _row(sheet, line, name, find, rows)
                if row is not None and cells[index].strip() != EXCUSED and _is_final(row):
                    assert row.score is not None
                    cells[index] = score_text(row.score)
                if row is not None:
                    filled.add((row.student_id, name))
        lines.append([cells[index] for index in kept])
    return FilledIn({"canvas.csv": to_csv(lines)}, left_out(report, filled, sheet))


def left_out(report: ClassReport, filled: set[tuple[str, str]], sheet: Sheet) -> tuple[str, ...]:
    """A line for each row of the report that a filled-in sheet does not hold, or not as a final score."""
    said = []
    for row in report.rows:
        if row.absent and row.score is None:
            continue  # there is no score to leave out
        if (row.student_id, row.assignment) not in filled:
            said.append(f"{row.student_id}, {row.assignment}: {sheet.path} has no line for them")
        elif row.review_reason:
            said.append(review_line(row))
    return tuple(said)


def _is_final(row: ClassRow) -> bool:
    return row.score is not None and not row.review_reason


def _column(report: ClassReport, sheet: Sheet, name: str) -> int:
    titles = (report.title(name), name)
    found = []
    for index, heading in enumerate(sheet.header):
        named = COLUMN.fullmatch(heading)
        if named is not None and named["title"] in titles:
            found.append(index)
    if len(found) != 1:
        expected = " or ".join(f"'{title} (12345)'" for title in dict.fromkeys(titles))
        count = "no column" if not found else f"{len(found)} columns"
        raise sheet.fail(
            f"found {count} for {name}, expected one, {expected}: create it in Canvas and export again"
        )
    return found[0]


def _check_points(report: ClassReport, sheet: Sheet, line: Line, columns: Mapping[str, int]) -> None:
    for name, index in columns.items():
        found = line.cells[index].strip() if index < len(line.cells) else ""
        offered = report.max_score(name)
        try:
            fits = not offered or float(found) == float(offered)
        except ValueError:
            fits = False
        if not fits:
            expected = f"expected {score_text(offered)}: change it in Canvas"
            raise sheet.fail(f"found {found!r} points possible for {name}, {expected}", line.number)


def _row(
    sheet: Sheet, line: Line, assignment: str, find: Find, rows: Mapping[tuple[str, str], ClassRow]
) -> ClassRow | None:
    ids = tuple(id for id in (sheet.cell(line, c) for c in INSTITUTION) if id)
    found = find(Claim(ids, sheet.cell(line, "ID"), sheet.cell(line, "Student")))
    return None if isinstance(found, str) else rows.get((found.id, assignment))
