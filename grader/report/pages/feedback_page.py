"""One submission's feedback as a self-contained HTML page."""

import io
from html import escape

from rich.console import Console

from grader.model.grade import Grade
from grader.model.text import clean_line
from grader.report.terminal.grade import WIDTH, show

_STYLE = (
    "body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-family: sans-serif }\n"
    "pre { font: 0.9rem/1.4 monospace; overflow-x: auto }"
)


def to_html(grade: Grade, reveal: bool = False) -> str:
    """The page: what `terminal.show` prints, with every character of the submission's text escaped."""
    console = Console(record=True, file=io.StringIO(), width=WIDTH)
    show(grade, console, reveal)
    feedback = console.export_html(inline_styles=True, code_format="{code}")
    title = escape(f"{clean_line(grade.assignment)}: {clean_line(grade.submission)}")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n<pre>{feedback}</pre>\n</body>\n</html>\n"
    )
