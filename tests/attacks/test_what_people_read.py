"""Whatever a submission or an export holds: no report steers the terminal or the eye that reads it."""

import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.judge.session import Session
from grader.model.assignment import Visibility
from grader.model.class_row import ClassReport, ClassRow
from grader.model.grade import Call, CheckResult, CriterionGrade, Grade, Status, Variable
from grader.model.student import Adjustment, Student, Submission
from grader.model.text import ALLOWED, UNSEEN, visible
from grader.report.formats import OF_ONE_GRADE, OneGrade, Request, format_of, names, writer_of_one
from grader.report.formats.json import to_json
from grader.report.pages.grade_page import to_html
from grader.report.terminal.show_grade import to_text
from tests.folders import in_folder

HOSTILE = "a\x1b[2J\x1b]0;100\x07\x9b31m\u202e001\u2066\ud800\u2028\x00\x08b"
VISIBLE_TEXT = ("inputs", "expected", "actual", "rationale", "help", "output", "idea")


def hostile_grade() -> Grade:
    """A grade in which each text that a submission may choose is hostile."""
    texts: Any = dict.fromkeys(VISIBLE_TEXT, HOSTILE)
    variables = (Variable(HOSTILE, (2,), HOSTILE), Variable(HOSTILE, (2,), "float64"))
    call = Call(HOSTILE, HOSTILE, 10**300, HOSTILE, HOSTILE, variables)
    about = {**texts, "misconceptions": (HOSTILE,), "calls": (call,)}
    wrong = CheckResult("flip", HOSTILE, Status.WRONG, index=(0,), **about)
    criterion = CriterionGrade("flip", HOSTILE, Fraction(4), Fraction(0), Status.WRONG, (wrong,), HOSTILE)
    return Grade("tiny", HOSTILE, (criterion,), "bubblewrap", versions={"numpy": "2"}, notes=(HOSTILE,))


def hostile_class() -> ClassReport:
    """The same of a student, whose submission is in doubt."""
    student = Student(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    submission = Submission(HOSTILE, "tiny", "f" * 8, submitted_at=HOSTILE, doubt=HOSTILE)
    adjustment = Adjustment(HOSTILE, "tiny", "flip", Fraction(1), HOSTILE, HOSTILE)
    row = ClassRow(HOSTILE, "tiny", hostile_grade(), "", student, submission, (adjustment,))
    certain = replace(row, submission=replace(submission, doubt="", submitted_at=""))
    return ClassReport((certain, replace(row, student_id=f"{HOSTILE}2")), {"tiny": HOSTILE}, {HOSTILE: 1.0})


def unseen(text: str) -> set[str]:
    """The characters in a text that no reader sees."""
    return {c for c in text if unicodedata.category(c) in UNSEEN and c not in ALLOWED}


@pytest.mark.parametrize("name", [name for name in names() if not format_of(name).FILLS_IN])
def test_no_report_on_a_class_holds_what_a_terminal_obeys(name: str) -> None:
    files = format_of(name).write(hostile_class(), Request()).files

    assert files
    for path, content in files.items():
        assert not unseen(path), path
        assert not unseen(content.decode()), path


def test_no_grade_on_a_terminal_does() -> None:
    text = to_text(hostile_grade())

    assert "a001b" in text
    assert not unseen(text)


def test_escaped_text_differs_from_plain_text() -> None:
    assert visible(HOSTILE).startswith(r"a\x1b[2J\x1b]0;100\x07\x9b31m\u202e001")
    assert not unseen(visible(HOSTILE))
    assert visible("\u0646\u06cc\u200c\u062f, a\tb\nc") == "\u0646\u06cc\u200c\u062f, a\tb\nc"


MARKED = """

def mark_of(a):
    return 100_000_019 + sum(n * 1009**axis for axis, n in enumerate(a.shape))


def flip(a, axes):
    mark = mark_of(a)
    shown = (mark, mark + 1)
    raise ValueError("no") if mark else shown


def dilate(a, axes, dilation):
    mark = mark_of(a)
    return mark.nothing
"""


def test_no_report_shows_what_a_variable_held_in_a_hidden_case(
    session: Session, honest: str, tmp_path: Path
) -> None:
    """The line that raised knows the shape of the input; only that of a visible case is shown."""
    (tmp_path / "conv.py").write_text(honest + MARKED, encoding="utf-8")
    grade = session.grade(in_folder(tmp_path), "ada")
    marks: dict[bool, set[str]] = {True: set(), False: set()}
    for result in grade.cases:
        values = [str(one.value) for call in result.calls for one in call.variables if one.name == "mark"]
        marks[result.visibility is Visibility.VISIBLE].update(values)
    hidden = marks[False] - marks[True]
    assert hidden and marks[True]

    texts = {name: writer_of_one(name)(OneGrade(grade)) for name in OF_ONE_GRADE}
    texts |= {"terminal": to_text(grade), "page": to_html(grade)}
    for name, text in texts.items():
        assert not [mark for mark in hidden if mark in text], name
    assert any(mark in texts["terminal"] for mark in marks[True])
    assert any(mark in to_json(grade, reveal=True) for mark in hidden)
