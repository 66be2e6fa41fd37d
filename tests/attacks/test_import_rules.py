"""Attacks that no sandbox stops: a library's function, and hidden values told to visible cases."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.judge.draw_inputs import draw
from grader.judge.session import Session
from grader.model.assignment import Assignment, ImportRules, Visibility
from grader.model.grade import Status
from grader.model.surroundings import Sandbox
from tests.folders import in_folder

SUBMISSIONS = Path(__file__).parent / "submissions"
TELLS = """

seen = []
honest_flip, honest_dilate = flip, dilate


def flip(a, axes):
    seen.append(a.numpy().tolist())
    return honest_flip(a, axes)


def dilate(a, axes, dilation):
    print(seen)
    return honest_dilate(a, axes, dilation)
"""


@pytest.mark.parametrize("name", ["calls_numpy_flip", "spells_numpy_flip"])
def test_a_function_that_is_the_exercise_is_refused(
    assignment: Assignment, honest: str, tmp_path: Path, name: str
) -> None:
    with_rules = replace(assignment, import_rules=ImportRules(forbidden=("numpy.flip",)))
    source = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")
    (tmp_path / "conv.py").write_text(f"{honest}\n\n{source}", encoding="utf-8")

    with Session(with_rules, sandbox=Sandbox.BUBBLEWRAP, secret="canary") as session:
        grade = session.grade(in_folder(tmp_path), name)

    assert grade.score == 0
    assert {criterion.status for criterion in grade.criteria} == {Status.REFUSED}


def test_inputs_of_a_hidden_case_are_not_printed_in_a_visible_one(
    session: Session, assignment: Assignment, honest: str, tmp_path: Path
) -> None:
    (tmp_path / "conv.py").write_text(honest + TELLS, encoding="utf-8")
    hidden = assignment.criterion("flip").cases[1]
    numbers = draw(hidden, assignment.name, "canary").array("a").tolist()

    grade = session.grade(in_folder(tmp_path), "tells")

    assert hidden.visibility is Visibility.HIDDEN
    results = [result for criterion in grade.criteria for result in criterion.results]
    outputs = [result.output for result in results if result.visibility is Visibility.VISIBLE]
    assert not any(str(numbers) in output for output in outputs)
