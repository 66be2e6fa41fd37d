"""Renders pages from templates in which every text is escaped, with the filters that they use."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from grader.desk.class_view import key_of
from grader.model.class_row import ClassRow
from grader.model.decision import signed
from grader.model.grade import Status
from grader.model.late_policy import Policies, lateness_of, time_text
from grader.model.student import Student
from grader.model.text import clean, clean_line, one_line, score_text
from grader.report.pages.page_templates import LONGEST_LINE, environment, with_code

OPTION = re.compile(r"--[a-z][a-z-]*")
HERE = Path(__file__).parent
BAR_STEP = 14  # from the beginning of a bar to the next
BAR_CLASSES = {Status.OK: "full", Status.INTERNAL_ERROR: "fault", Status.NOT_RUN: "open"}
SVG = Markup(
    '<svg class="strips" viewBox="0 0 {0} 16" width="{0}" height="16" role="img"><title>{1}</title>{2}</svg>'
)
BAR = Markup('<rect class="{}" x="{}"/>')
PART = Markup('<rect x="{0}"/><rect class="part" x="{0}" width="{1}"/>')
FRACTION = re.compile(r"-?\d+/\d+")  # how the audit log stores a score
LABELS = {"author": "by", "ran": "cases run"}  # of the audit log's details, where the name is not the word
IDS = re.compile(r"\b[0-9a-f]{32,64}\b")  # of submissions and files: the first characters are enough


def desk_environment() -> jinja2.Environment:
    """The desk's templates, with the filters of the reports' pages and the desk's own."""
    pages = environment()
    reports = pages.loader
    assert reports is not None
    pages.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(HERE / "templates"), reports])
    pages.filters |= {
        "score": score_text,
        "key": key_of,
        "uncut_line": one_line,
        "commands": commands,
        "who": who,
        "besides": besides,
        "quoted": lambda text: quote(clean_line(text), safe=""),
        "strips": strips_of,
        "status": status_of,
        "signed": signed,
        "in_words": in_words,
    }
    return pages


def commands(text: str) -> Markup:
    """A sentence of the desk with its commands, in backticks, as code. No line ends inside an option."""
    return Markup(OPTION.sub(r'<span class="option">\g<0></span>', str(with_code(text))))


def who(student: Student) -> str:
    """The student's name, or the id if there is none."""
    return clean_line(student.name or student.id)


def besides(student: Student, *more: str) -> str:
    """Further facts about a student: the id, unless the page shows it as the name, the section, and more."""
    id = student.id if student.name != student.id and student.name else ""
    return " · ".join(clean_line(text) for text in (id, student.section, *more) if text)


def strips_of(row: ClassRow) -> Markup:
    """A small bar for each criterion of a grade, from left to right, as SVG; its title says the points."""
    criteria = () if row.grade is None else row.grade.criteria
    return _strips(tuple((c.id, c.status, c.score, c.points) for c in criteria))


@lru_cache(maxsize=4096)  # a page shows hundreds of students, and many of them earned the same points
def _strips(criteria: Sequence[tuple[str, Status, Fraction, Fraction]]) -> Markup:
    if not criteria:
        return Markup()
    title, bars = [], Markup()
    for number, (id, status, score, points) in enumerate(criteria):
        title.append(f"{clean_line(id)}: {score_text(score)} of {score_text(points)}")
        kind = BAR_CLASSES.get(status, "part" if score else "none")
        if kind == "part":
            share = min(max(float(score / points), 0.0), 1.0) if points else 0.0
            bars += PART.format(BAR_STEP * number, f"{12 * share:.1f}")
        else:
            bars += BAR.format(kind, BAR_STEP * number)
    return SVG.format(BAR_STEP * len(criteria) - 2, "\n".join(title), bars)


def status_of(row: ClassRow) -> tuple[str, str]:
    """A word for a row's status, and its mark."""
    if row.review_reason:
        return "needs review", "review"
    if row.is_absent:
        return "submitted nothing", "absent"
    if row.grade is None:
        return "no grade", "absent"
    return ("all pass", "good") if row.grade.passed else ("graded", "plain")


def late_text(policies: Policies, row: ClassRow) -> str:
    """How late a row is; "" if it is on time."""
    lateness = lateness_of(policies, row.standing)
    if lateness is None:
        return "late" if row.submission is not None and row.submission.late else ""
    return time_text(lateness) if lateness.total_seconds() > 0 else ""


def in_words(detail: Mapping[str, Any]) -> str:
    """An entry of the audit log, in one line: `score: 56.5; cases run: 76`."""
    return clean(_pairs(detail), LONGEST_LINE)


def _pairs(detail: Mapping[str, Any]) -> str:
    filled = {name: value for name, value in detail.items() if value not in (None, "", {})}
    return "; ".join(
        f"{LABELS.get(name, name.replace('_', ' '))}: {_short(value)}" for name, value in filled.items()
    )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return f"({_pairs(value)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if FRACTION.fullmatch(str(value)):
        return score_text(Fraction(str(value)))
    return IDS.sub(lambda match: match[0][:8], str(value))
