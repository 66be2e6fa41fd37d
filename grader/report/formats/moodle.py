"""Fills in Moodle's grading worksheet, and packs the feedback files into a zip for Moodle."""

import html
from collections.abc import Mapping
from fractions import Fraction

from grader.model.class_input.identity import Claim, Identities
from grader.model.class_row import ClassReport, ClassRow
from grader.model.file_formats.zip_bytes import zipped
from grader.model.text import clean_line, score_text
from grader.report.formats import ReportFiles, Request
from grader.report.formats.feedback import student_markdown, student_text
from grader.report.tables.fill_in import CellChanges, Find, lines_left_out, match_students
from grader.report.tables.sheet import Line, Sheet, read_sheet
from grader.report.tables.worksheet import Columns, find_columns, may_change, participant

WRITES = "moodle.csv and feedback.zip: the worksheet that Moodle exported (--into), filled in"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = True, True, True


def fill_moodle(
    report: ClassReport,
    sheet: Sheet,
    find: Find,
    keep_existing: bool = False,
    named: Mapping[str, str] | None = None,
) -> ReportFiles:
    """moodle.csv, the worksheet filled in, and feedback.zip, with a folder per student as Moodle names it.

    The report covers one assignment; `named` maps roles to headers that cannot be recognized. Lines with a
    locked grade stay as they are, and existing comments stay in front of the grader's. Raises UserError
    if the maximum grade is not the assignment's.
    """
    (assignment,) = report.assignments
    columns = find_columns(sheet, find, named or {})
    rows = {row.student_id: row for row in report.rows}
    matches = match_students(((line, _claim(sheet, line, columns)) for line in sheet.lines), find)
    cell_changes = CellChanges(sheet, keep_existing)
    in_sheet: set[tuple[str, str]] = set()
    problems = _labeled(sheet, columns, matches.doubts)
    feedback: dict[str, str] = {}
    for line in sheet.lines:
        _check_maximum(report, sheet, line, columns)
        student = matches.students.get(line.number)
        if student is None:
            continue
        in_sheet.add((student.id, assignment))
        row = rows.get(student.id)
        if row is None or row.score is None:
            cell_changes.counts["without a submission"] += 1
        elif row.has_final_score:
            who = student.name or student.id
            why = _obstacle(sheet, line, columns, score_text(row.score))
            if why:
                problems.append(f"{sheet.path}:{line.number}: {who}: {why}")
            elif cell_changes.fill_score(line, columns.grade, score_text(row.score), who):
                _comment(sheet, line, columns, row, cell_changes)
                feedback |= _files(sheet, line, columns, row, report.title(assignment))
    return ReportFiles(
        {
            "moodle.csv": sheet.to_bytes(cell_changes.cells),
            "feedback.zip": zipped({name: text.encode() for name, text in feedback.items()}),
        },
        (*problems, *lines_left_out(report, in_sheet, sheet, are_doubts=bool(matches.doubts))),
        tuple(_labeled(sheet, columns, matches.unknown)),
        tuple(cell_changes.changes),
        tuple(cell_changes.unchanged),
        cell_changes.counts,
    )


def _labeled(sheet: Sheet, columns: Columns, reasons: Mapping[int, str]) -> list[str]:
    """The reasons by line as sentences, each with the line's place and its student."""
    return [f"{sheet.path}:{n}: {_line_label(sheet, n, columns)}: {why}" for n, why in reasons.items()]


def _claim(sheet: Sheet, line: Line, columns: Columns) -> Claim:
    number = participant(sheet.at(line, columns.identifier))
    id = sheet.at(line, columns.id)
    name, email = sheet.at(line, columns.name), sheet.at(line, columns.email)
    return Claim((id,) if id else (), number, name, email)


def _line_label(sheet: Sheet, number: int, columns: Columns) -> str:
    line = next(line for line in sheet.lines if line.number == number)
    return sheet.at(line, columns.name) or sheet.at(line, columns.identifier)


def _obstacle(sheet: Sheet, line: Line, columns: Columns, score: str) -> str:
    """The reason why a line cannot take a score; "" if it can."""
    if sheet.value(sheet.at(line, columns.grade)) == Fraction(score):
        return ""
    word = sheet.at(line, columns.changed)
    if columns.changed is not None and may_change(word) is False:
        return "locked in Moodle: unlock the grade there, and export again"
    if columns.changed is not None and may_change(word) is None:
        header = sheet.header[columns.changed]
        return f"{header!r} says {word!r}, which may mean yes or no: fill it in by hand"
    scale = _scale(sheet, line, columns)
    if scale and sheet.number(score) not in scale:
        return f"graded by a scale ({', '.join(scale[:5])}), which lacks {score}: fill it in by hand"
    return ""


def _scale(sheet: Sheet, line: Line, columns: Columns) -> list[str]:
    """The grades of a scale, one per line after the grade if there is no maximum."""
    after = sheet.at(line, columns.grade + 1) if columns.maximum is None else ""
    return after.splitlines() if "\n" in after else []


def _comment(sheet: Sheet, line: Line, columns: Columns, row: ClassRow, cell_changes: CellChanges) -> None:
    """Adds the effect of policies after the teacher's comment, unless it is already there."""
    ours = html.escape(" ".join(f"{clean_line(step.says)}." for step in row.final.steps), quote=False)
    if columns.comments is None or not ours:
        return
    theirs = line.cells[columns.comments] if columns.comments < len(line.cells) else ""
    paragraph = f"<p>{ours}</p>"  # Moodle's comments are HTML
    if paragraph not in theirs:
        cell_changes.cells[line.number, columns.comments] = f"{theirs}{paragraph}"


def _files(sheet: Sheet, line: Line, columns: Columns, row: ClassRow, title: str) -> dict[str, str]:
    identifier = sheet.at(line, columns.identifier)
    number = participant(identifier)
    name = sheet.at(line, columns.name) or identifier.removesuffix(number).strip()
    folder = f"{name.replace('/', '_')}_{number}_assignsubmission_file_"
    return {
        f"{folder}/feedback.txt": student_text(row),
        f"{folder}/feedback.md": student_markdown(row, title),
    }


def _check_maximum(report: ClassReport, sheet: Sheet, line: Line, columns: Columns) -> None:
    offered = report.max_score(report.assignments[0])
    if columns.maximum is None or not offered:
        return
    cell = sheet.at(line, columns.maximum)
    if sheet.value(cell) != offered:
        header = sheet.header[columns.maximum]
        message = f"found {cell!r} for {header}, expected {score_text(offered)}: change it in Moodle"
        raise sheet.fail(message, line.number)


def write(report: ClassReport, request: Request) -> ReportFiles:
    """The worksheet given with --into, filled in."""
    assert request.into is not None
    sheet = read_sheet(request.into, (), "Moodle")
    find = Identities(request.students).find
    return fill_moodle(report, sheet, find, request.keep_existing, request.columns)
