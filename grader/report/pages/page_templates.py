"""Sets up the templates of all pages: they escape every text and make invisible characters visible."""

from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from grader.model.text import CODE, clean, clean_line, listing, score_text, visible
from grader.report.pages.side_by_side import fold_lines

LONGEST_LINE = 400  # of code, in characters
NAMES = 6  # students to list before counting the rest


def environment() -> jinja2.Environment:
    """The templates of this package, with the filters that they use."""
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_with_visible_characters,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "line": clean_line,
        "text": clean,
        "code": with_code,
        "codeline": lambda text: clean(text, LONGEST_LINE),
        "number": lambda value: f"{float(value):.2f}".rstrip("0").rstrip("."),
        "score": score_text,
        "percent": lambda share: f"{100 * share:.0f}%",
        "listed": lambda names: listing([clean_line(name) for name in names], NAMES),
    }
    pages.filters["folded"] = fold_lines
    return pages


def with_code(text: str) -> Markup:
    """A text in which what stands between backticks is code; everything else is escaped."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def _with_visible_characters(value: object) -> object:
    """A value as templates write it: in a text, invisible characters are written out."""
    return visible(value) if type(value) is str else value
