"""Writes each student's feedback to its own folder, with a list for a mail merge."""

from grader.model.class_row import ClassReport, ClassRow
from grader.model.file_formats.csv_cells import to_csv
from grader.model.text import clean, clean_line, score_text
from grader.report.formats import OneGrade, ReportFiles, Request
from grader.report.markdown import escaped, steps_table, to_markdown
from grader.report.terminal.show_grade import to_text
from grader.report.write_files import Files, folder_name

WRITES = "<student>/<assignment>.txt and .md, and feedback.csv for a mail merge"
FILLS_IN, ONE_ASSIGNMENT, NAMES_COLUMNS = False, False, False

COLUMNS = ("student_id", "name", "email", "assignment", "score", "max_score", "text", "markdown")
NOT_GRADED = "Not graded yet: an instructor must review it first."
NO_SUBMISSION = "The grader has no submission from you. If you submitted one, tell your instructor."
NOT_FINAL = "This score is not final: an instructor must review it first."


def feedback_files(report: ClassReport) -> Files:
    """`<student>/<assignment>.txt` and `.md`, and feedback.csv, without details of hidden cases."""
    files: dict[str, bytes] = {}
    lines = [list(COLUMNS)]
    for row in report.rows:
        base = f"{folder_name(row.student_id)}/{row.assignment}"
        files[f"{base}.txt"] = student_text(row).encode()
        files[f"{base}.md"] = student_markdown(row, report.title(row.assignment)).encode()
        student = row.standing.student
        score = "" if row.score is None or row.review_reason else score_text(row.score)
        offered = score_text(report.max_score(row.assignment))
        about = [student.id, student.name, student.email, row.assignment]
        lines.append([*about, score, offered, f"{base}.txt", f"{base}.md"])
    return {**files, "feedback.csv": to_csv(lines)}


def student_text(row: ClassRow) -> str:
    """The student's feedback as in a terminal, in plain text."""
    if row.grade is not None:
        note = f"{_note(row)}\n\n" if _note(row) else ""
        return note + to_text(row.grade, row.final)
    lines = [clean_line(row.assignment), "", _note(row) or NOT_GRADED, ""]
    return "\n".join([*lines, *(f"  {clean(step.says)}" for step in row.final.steps)]).rstrip() + "\n"


def student_markdown(row: ClassRow, title: str) -> str:
    """The same as Markdown."""
    note = f"_{escaped(_note(row))}_\n\n" if _note(row) else ""
    if row.grade is not None:
        return note + to_markdown(row.grade, row.final, title)
    steps = ["", *steps_table(row.final)] if row.final.steps else []
    return "\n".join([f"# {escaped(title)}", "", note.strip() or NOT_GRADED, *steps]) + "\n"


def _note(row: ClassRow) -> str:
    """A note that nothing was submitted, or that the score is not final, with the reason."""
    if row.is_absent and not row.review_reason:
        return NO_SUBMISSION
    if not row.review_reason:
        return ""
    return f"{NOT_FINAL} About your submission: {row.doubt}" if row.doubt else NOT_FINAL


def write(report: ClassReport, request: Request) -> ReportFiles:
    """The feedback of each student."""
    return ReportFiles(feedback_files(report))


def write_one(one: OneGrade) -> str:
    """The student's feedback as Markdown."""
    return to_markdown(one.grade)
