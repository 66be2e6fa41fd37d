"""Every visible case has run, and its process has ended, before a submission sees an input of a hidden one.

Two processes on one machine can always pass some bits to each other, by their speed or by counters of the
kernel. So no visible case may run next to a hidden case, or after it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Choice, Session
from grader.judge.verdict import case_result
from grader.judge.verdict.case_result import Run, is_visible
from grader.judge.verdict.result_cache import CaseKeys, ResultCache
from grader.model.assignment import Case, Criterion, Visibility
from grader.model.grade import CheckResult, Grade, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder

TESTS = '''\
import numpy as np
import pytest


@pytest.mark.criterion("flip")
def test_hidden(submission):
    """a hidden test passes"""
    submission.flip(a=np.ones((2, 3)), axes=[0])
    raise AssertionError


@pytest.mark.criterion("dilate", visibility="visible")
def test_visible(submission):
    """a visible test passes"""
    submission.flip(a=np.ones((2, 3)), axes=[1])
'''
# Appended to the honest submission. A worker's output is that of one case, so its process counts the calls.
CLOCK = """

import time

honest_flip, honest_dilate = flip, dilate


def flip(a, axes):
    print("at", time.monotonic_ns())
    return honest_flip(a, axes)


def dilate(a, axes, dilation):
    print("at", time.monotonic_ns())
    return honest_dilate(a, axes, dilation)
"""


@pytest.fixture
def session(make_course: Callable[..., Path], tmp_path: Path) -> Session:
    """A session on the tiny course, with a hidden case in its first criterion and an author's two tests."""
    course = make_course(tmp_path / "course", {"assignments/tiny/test_order.py": TESTS})
    assignment = Views(load(course / "assignments" / "tiny")).assignment
    return Session(assignment, sandbox=Sandbox.BUBBLEWRAP, secret="canary")


def calls(grade: Grade, visible: bool) -> list[int]:
    """When the calls of the visible cases, or of the others, were made."""
    outputs = [r.output for r in grade.cases if (r.visibility is Visibility.VISIBLE) is visible]
    return [int(line.split()[1]) for output in outputs for line in output.splitlines()]


@pytest.mark.parametrize("arguments", [(), ("-p", "no:cacheprovider")], ids=["plain", "pytest"])
def test_no_visible_case_runs_after_a_hidden_one(
    session: Session, honest: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "conv.py").write_text(honest + CLOCK, encoding="utf-8")
    with session:
        grade = session.grade(in_folder(tmp_path), "clock", Choice(arguments))

    assert [(r.name, r.status) for r in grade.cases] == [
        ("flip/one-axis", Status.OK),
        ("flip/hidden-one", Status.OK),
        ("flip/hidden", Status.WRONG),
        ("dilate/rows", Status.OK),
        ("dilate/columns", Status.OK),
        ("dilate/visible", Status.OK),
    ]
    assert max(calls(grade, visible=True)) < min(calls(grade, visible=False))


def test_no_visible_case_runs_after_a_hidden_one_of_another_student(
    session: Session, honest: str, tmp_path: Path
) -> None:
    """Students with the same files share a process; their hidden cases have numbers of their own."""
    (tmp_path / "conv.py").write_text(honest + CLOCK, encoding="utf-8")
    with session:
        grades = session.grade_variants(in_folder(tmp_path), "clock", ["ada", "grace"]).grades.values()

    visible, hidden = ([call for g in grades for call in calls(g, which)] for which in (True, False))
    assert max(visible) < min(hidden)


def test_the_lines_of_mistakes_in_a_class_are_found_before_the_first_hidden_case(
    session: Session, honest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edits that pass decide which line a student reads, so no bit of a hidden case may reach them."""
    events: list[str] = []
    result_of = case_result.result_of

    def asked(case: Case, criterion: Criterion, run: Run) -> CheckResult:
        events.append("visible" if is_visible(case) else "hidden")
        return result_of(case, criterion, run)

    def localize(grade: Grade, *_: object) -> Grade:
        assert all(r.visibility is Visibility.VISIBLE for r in grade.cases)
        events.append("located")
        return grade

    monkeypatch.setattr("grader.judge.session.result_of", asked)
    monkeypatch.setattr("grader.judge.localization.localize.localize", localize)
    wrong = honest.replace("dilation + 1", "dilation + 2")
    (tmp_path / "conv.py").write_text(wrong, encoding="utf-8")
    with session:
        session.grade_variants(in_folder(tmp_path), "ada", ["ada", "grace"], in_a_class=True)
    assert wrong != honest
    assert events.count("located") == 1
    assert "visible" not in events[events.index("located") :]
    assert "hidden" not in events[: events.index("located")]


def test_the_order_of_cases_and_the_cache_change_no_result(
    session: Session, honest: str, tmp_path: Path
) -> None:
    """A case of `dilate` has run before the hidden case on which it depends, and then it does not count."""
    wrong_flip = "\n\ndef flip(a, axes):\n    return a if a.shape == (2, 3) else honest_flip(a, axes) + 1\n"
    (tmp_path / "conv.py").write_text(honest + CLOCK + wrong_flip, encoding="utf-8")
    with session:
        keys = CaseKeys(session.setup.assignment, session.setup.sandbox, session.setup.device)
        cache = ResultCache(keys, {})
        first = session.grade(in_folder(tmp_path), "wrong", cache=cache)
        again = session.grade(in_folder(tmp_path), "wrong", cache=ResultCache(keys, cache.fresh))

    assert again == first
    dilate = [r for r in first.cases if r.criterion == "dilate"]
    assert {(r.status, r.rationale) for r in dilate} == {(Status.NOT_RUN, "needs a right result of flip")}
    assert "dilate/rows" not in cache.addresses[""]  # so that a gradebook keeps no output of it
