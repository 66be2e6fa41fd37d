"""Laws of twins: a slip that was made for both axes is found, with both of its places."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.localization.edits import edits_of
from grader.judge.localization.localize import localize
from grader.judge.localization.search import Budget
from grader.judge.localization.source_text import Source
from grader.judge.localization.student_functions import Function
from grader.judge.localization.twins import twins_of
from grader.judge.localization.words import in_words
from grader.judge.session import Session
from grader.model.grade import CriterionGrade, FactKind, Location
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import SOLUTION, submissions
from tests.diagnosis.slips import submission
from tests.diagnosis.told_lines import changed_lines

ASSIGNMENT = Path(__file__).parents[4] / "assignments" / "conv_backward"
SIDES = "    top, left = kh - 1 - ph, kw - 1 - pw\n"
PLANTED = {
    "one line": (SIDES, "    top, left = kh - ph, kw - pw\n"),
    "two lines": (SIDES, "    top = kh - 2 - ph\n    left = kw - 2 - pw\n"),
    "apart": (
        "    for a in range(kh):\n        for b in range(kw):\n            out",
        "    for a in range(kh - 1):\n        for b in range(kw - 1):\n            out",
    ),
    "exchanged": ("i * sh, j * sw]", "i * sw, j * sh]"),
}


def function_of(body: str) -> Function:
    text = f"def f(x, kh, kw, p, ph, pw, sh, sw, i, j):\n    n = range(kh, ph, sh), range(kw, pw, sw)\n{body}"
    source = Source("f.py", text.encode())
    ((path, node),) = source.functions()
    return Function(source, path, node)


def with_twins(function: Function) -> list[str]:
    twins = twins_of(function, edits_of(function))
    return [ast.unparse(ast.parse(function.source.edited(function.node, twin))) for twin in twins]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("    return kh - ph, kw - pw\n", "    return kh - ph - 1, kw - pw - 1\n"),
        ("    a = kh - ph\n    b = kw - pw\n", "    a = kh - ph - 1\n    b = kw - pw - 1\n"),
        ("    return kh + p[0], kw + p[1]\n", "    return kh - p[0], kw - p[1]\n"),
        ("    return kh - p[1], kw - p[0]\n", "    return kh - p[0], kw - p[1]\n"),
        (
            "    return ph * x.shape[1] - 1, pw * x.shape[2] - 1\n",
            "    return ph * x.shape[1], pw * x.shape[2]\n",
        ),
        ("    return x[i * sw, j * sh]\n", "    return x[i * sh, j * sw]\n"),
        ("    assert kh > ph\n    assert kw > pw\n", "    pass\n    pass\n"),
        ("    a = x.min()\n    b = x.min()\n", "    a = x.max()\n    b = x.max()\n"),
        ("    out_height = 1 + kh\n    out_width = 1 + kw\n", "    out_height = kh\n    out_width = kw\n"),
    ],
)
def test_one_slip_made_twice_is_among_the_twins(wrong: str, right: str) -> None:
    wanted = function_of(right)
    text = ast.unparse(ast.parse(wanted.source.edited(wanted.node, [])))
    assert text in with_twins(function_of(wrong))


def test_places_that_differ_in_more_than_an_axis_are_no_twins() -> None:
    function = function_of("    return kh - ph, sw - pw\n")
    texts = {
        tuple(function.source.content[edit.start : edit.end].decode() for edit in twin)
        for twin in twins_of(function, edits_of(function))
    }
    assert ("ph", "pw") in texts
    assert ("kh - ph", "sw - pw") not in texts


def test_twins_do_not_overlap_and_come_by_cost_in_an_order_that_is_always_the_same() -> None:
    body = "    a = kh - 1 - ph, kw - 1 - pw\n    return x[i * sw : i * sw + kh, j * sh : j * sh + kw], a\n"
    function = function_of(body)
    twins = twins_of(function, edits_of(function))
    assert all(one.end <= other.start and one.cost == other.cost for one, other in twins)
    costs = [one.cost for one, _ in twins]
    assert costs == sorted(costs)
    assert with_twins(function) == with_twins(function_of(body))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(Views(load(ASSIGNMENT)).assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


@pytest.fixture(scope="module")
def right() -> str:
    views = Views(load(ASSIGNMENT))
    return submission(submissions(views, ())[SOLUTION]["conv.py"], "conv_x_grad")


def x_grad(session: Session, text: str) -> tuple[CriterionGrade, Budget]:
    """The criterion of `conv_x_grad`, localized within the runs of a handout, however busy the machine is."""
    files = SubmittedFiles({"conv.py": text.encode()})
    grade = session.grade(files, "ada")
    budget = Budget(seconds=600.0)
    with session.setup.candidate(files) as (implementation, _, _):
        assignment, oracle = session.setup.assignment, session.setup.oracle
        grade = localize(grade, assignment, implementation, oracle, lambda: budget, only=["x_grad"])
    return next(one for one in grade.criteria if one.id == "x_grad"), budget


@pytest.mark.parametrize("planted", PLANTED)
def test_a_slip_of_both_axes_is_named_with_both_lines(session: Session, right: str, planted: str) -> None:
    old, new = PLANTED[planted]
    assert right.count(old) == 1
    text = right.replace(old, new)
    criterion, budget = x_grad(session, text)
    assert budget.runs > 0
    assert {one.line for one in criterion.locations} == changed_lines(text, right)
    (fact,) = (fact for fact in criterion.facts if fact.kind is FactKind.PLACE)
    lines = sorted({one.line for one in criterion.locations})
    shown = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]} and {lines[1]}"
    assert fact.text.startswith(f"Look at {shown} of conv.py, `{criterion.locations[0].text}`")
    assert all(one.mended == one.failing for one in criterion.locations)


def test_the_search_for_twins_is_the_same_every_time(session: Session, right: str) -> None:
    text = right.replace(*PLANTED["two lines"])
    (first, runs), (again, runs_again) = x_grad(session, text), x_grad(session, text)
    assert (first, runs.runs) == (again, runs_again.runs)


def test_two_slips_of_one_axis_each_are_not_named_as_one(session: Session, right: str) -> None:
    """The second place is right, so that no edit of it is a part of the repair."""
    text = right.replace("kh - 1 - ph, kw - 1 - pw", "kh - 2 - ph, kw - 1 - pw")
    criterion, _ = x_grad(session, text)
    assert [one.text for one in criterion.locations] == ["kh - 2 - ph"]


def test_no_line_of_right_code_is_named(session: Session, right: str) -> None:
    assert x_grad(session, right)[0].locations == ()


def place(line: int, text: str) -> Location:
    return Location("conv.py", line, 1, line, 9, text, 8, 8)


@pytest.mark.parametrize(
    ("repairs", "words"),
    [
        ([[place(12, "kh - p")]], "Look at line 12 of conv.py, `kh - p`. With other code there, "),
        (
            [[place(12, "kh - p"), place(13, "kw - p")]],
            "Look at lines 12 and 13 of conv.py, `kh - p` and `kw - p`. With other code in both, ",
        ),
        (
            [[place(12, "kh - p"), place(12, "kw - p")]],
            "Look at line 12 of conv.py, `kh - p` and `kw - p`. With other code in both, ",
        ),
        (
            [[place(12, "a")], [place(13, "b"), place(14, "c")]],
            "Look at conv.py: either line 12, `a` or lines 13 and 14, `b` and `c`. "
            "With other code in one of them, ",
        ),
    ],
)
def test_all_places_of_a_repair_are_told(repairs: list[list[Location]], words: str) -> None:
    rest = "all 8 visible failing cases pass, and no other case fails."
    assert in_words(repairs, visible="visible ") == words + rest
