"""A right answer earns its points within a multiple of the reference's CPU time, measured from outside."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from grader.author.handout import _visible_rubric
from grader.author.load import load
from grader.author.render import Views
from grader.judge.comparison import Question
from grader.judge.comparisons import timed
from grader.judge.inputs import Inputs
from grader.judge.session import Session
from grader.model.errors import UserError
from grader.model.grade import CheckResult, Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder

TIMED = "      - {id: quick, shape: [60, 50], ask: {axes: [1]}, at_most: 20 x reference}\n"
RIGHT = """\
import os
import threading
import time

_known = {}


def spend(seconds):
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass


def right(a, axes):
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]


def flip(a, axes):
    %s
    return right(a, axes)
"""
BUSY = {
    "waits": "time.sleep(0.3)",
    "computes": "spend(0.2)",
    "computes_in_a_thread": "t = threading.Thread(target=spend, args=(0.2,)); t.start(); t.join()",
    "computes_in_a_child": "pid = os.fork() or (spend(0.2), os._exit(0)); os.waitpid(pid, 0)",
    "computes_what_it_has_not_seen": "\
    key = a.numpy().tobytes()\n    spend(0 if key in _known else 0.2)\n    _known[key] = 1".strip(),
    "answers_wrong_and_at_once": "return a",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, make_course: Callable[..., Path]) -> Iterator[Session]:
    root = make_course(tmp_path_factory.mktemp("timing") / "course")
    rubric = root / "assignments" / "tiny" / "rubric.yaml"
    first = "      - {id: hidden-one"
    rubric.write_text(rubric.read_text().replace(first, TIMED + first))
    about = root / "assignments" / "tiny" / "assignment.yaml"
    about.write_text(about.read_text() + "rules: {imports: [numpy, os, subprocess, threading, time]}\n")
    assignment = load(root / "assignments" / "tiny")
    with Session(Views(assignment).assignment, sandbox=Sandbox.BUBBLEWRAP) as session:
        yield session


@pytest.fixture
def quick(session: Session, tmp_path: Path) -> Callable[[str], CheckResult]:
    """The verdict on the timed case of a flip that does something else first."""

    def quick(first: str) -> CheckResult:
        (tmp_path / "conv.py").write_text(RIGHT % first)
        criterion = session.grade(in_folder(tmp_path), "ada").criteria[0]
        return next(result for result in criterion.results if result.case == "quick")

    return quick


def test_time_in_which_nothing_is_computed_does_not_count(quick: Callable[[str], CheckResult]) -> None:
    assert quick("pass").status is Status.OK
    assert quick(BUSY["waits"]).status is Status.OK


@pytest.mark.parametrize("how", [name for name in BUSY if name.startswith("computes")])
def test_time_counts_wherever_a_submission_spends_it(quick: Callable[[str], CheckResult], how: str) -> None:
    result = quick(BUSY[how])

    assert result.status is Status.TOO_SLOW
    assert result.expected.startswith("at most 20 times the reference's CPU time, ")
    assert 150 < float(result.actual.split()[-2]) < 1000  # ms


def test_a_wrong_answer_is_wrong_however_quick(quick: Callable[[str], CheckResult]) -> None:
    assert quick(BUSY["answers_wrong_and_at_once"]).status is Status.WRONG


def test_a_timed_case_is_in_no_handout(session: Session) -> None:
    """A handout has no reference to time against."""
    assignment = session._assignment
    flip = yaml.safe_load(_visible_rubric(assignment))["criteria"][0]

    assert ([case["id"] for case in flip["cases"]], flip["withheld"]) == (["one-axis"], 2)


def test_only_what_is_held_against_the_reference_can_be_timed(course: Path) -> None:
    rubric = course / "assignments" / "tiny" / "rubric.yaml"
    conv = "{id: drawn, x: [4, 4, 2], w: [2, 2, 2], stride: 1, padding: 0, at_most: 20 x reference}"
    text = rubric.read_text().replace("{id: one-axis, shape: [2, 3], ask: {axes: [1]}}", conv)
    adjoint = "    probe: flip\n    compare: adjoint\n    adjoint_of: flip\n    wrt: x\n"
    rubric.write_text(text.replace("    probe: flip\n", adjoint))

    with pytest.raises(UserError, match=r"rubric\.yaml:\d+: found at_most with compare: adjoint"):
        load(rubric.parent)


def test_nothing_of_a_submission_runs_while_the_reference_is_timed(
    quick: Callable[[str], CheckResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that counts forever makes no progress during the reference's round."""
    times: list[float] = []
    whole = timed._reference_seconds

    def watched(question: Question, inputs: Inputs) -> float:
        before = question.submission._cpu_seconds()
        time.sleep(0.5)
        seconds = whole(question, inputs)
        times.append(question.submission._cpu_seconds() - before)
        return seconds

    monkeypatch.setattr(timed, "_reference_seconds", watched)
    quick("threading.Thread(target=spend, args=(60,), daemon=True).start()")

    assert times
    assert max(times) < 0.1  # a busy machine stops a process some milliseconds late
