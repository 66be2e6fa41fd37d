"""Several mistakes in one submission are each told: in one function, and in one that others call."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.session import Session
from grader.model.grade import CriterionGrade
from grader.model.submitted_files import SubmittedFiles
from grader.model.surroundings import Sandbox
from grader.prove.assignment_checks import SOLUTION, submissions
from grader.prove.mutant_answers import misconceptions
from tests.diagnosis.student_work import student_work

ROOT = Path(__file__).parents[4]
NAME = "conv_backward"
VIEWS = Views(load(ROOT / "assignments" / NAME))

Graded = Callable[[str], dict[str, CriterionGrade]]


@pytest.fixture(scope="module")
def solution() -> str:
    return submissions(VIEWS, ())[SOLUTION]["conv.py"]


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """Grades a file as an instructor does; the criteria by id."""
    mistakes = misconceptions(ROOT, VIEWS, "")
    with Session(VIEWS.assignment, sandbox=Sandbox.BUBBLEWRAP, misconceptions=mistakes) as session:

        def graded(text: str) -> dict[str, CriterionGrade]:
            grade = session.grade(SubmittedFiles({"conv.py": text.encode()}), "ada")
            return {criterion.id: criterion for criterion in grade.criteria}

        yield graded


def ideas_of(criterion: CriterionGrade) -> set[str]:
    return {idea.name for idea in criterion.ideas}


@pytest.mark.parametrize(
    ("refusal", "idea"),
    [
        ("assert p1 >= 0 and p2 >= 0", "negative_edge_asserted_away"),
        ("if min(p1, p2) < 0:\n        raise ValueError", "negative_edge_refused"),
    ],
    ids=["AssertionError", "ValueError"],
)
def test_wrong_values_and_an_exception_of_either_class_are_two_ideas(
    solution: str, graded: Graded, refusal: str, idea: str
) -> None:
    text = student_work("students", NAME, solution)["zeros_kept_and_edge_asserted"].text
    assertion = 'assert p1 >= 0 and p2 >= 0, "padding too large"'
    assert assertion in text
    criterion = graded(text.replace(assertion, refusal))["x_grad"]
    assert ideas_of(criterion) == {"cut_forgotten", idea}
    assert all(one.is_sure for one in criterion.ideas)


def test_a_criterion_that_needs_a_wrong_function_never_fails_without_a_word(
    solution: str, graded: Graded
) -> None:
    """`views` asks flip and undilate; a flip that is wrong in its own criterion too is why it fails."""
    text = student_work("students", NAME, solution)["flip_of_the_buffer"].text
    views = graded(text)["views"]
    assert (ideas_of(views), views.facts) == ({"flip_copies"}, ())

    before, flip, rest = text.partition("def flip(")
    line = "axes = normalize_axes(axes, a.ndim)"
    assert line in rest
    rest = rest.replace(line, "axes = [axis for axis in axes if axis >= 0]", 1)
    criteria = graded(before + flip + rest)
    assert ideas_of(criteria["flip"]) == {"negative_axes_not_flipped"}
    (fact,) = criteria["views"].facts
    assert fact.text == "Your flip is wrong; with a right one this would pass."


WRONG_DILATE = """

right_dilate = dilate


def dilate(a, axes, dilation):
    return right_dilate(a, axes, dilation) * (2.0 if dilation > 1 else 1.0)
"""
WRONG_GRADIENT = """

right_x_grad = conv_x_grad


def conv_x_grad(*given, **named):
    return right_x_grad(*given, **named) * -1.0
"""


@pytest.mark.parametrize(
    ("also", "outcome"),
    [("", "would pass"), (WRONG_GRADIENT, "would still fail")],
    ids=["alone", "with_another"],
)
def test_the_feedback_says_whether_a_called_function_is_the_only_mistake(
    solution: str, graded: Graded, also: str, outcome: str
) -> None:
    """The judge grades the outer function again, with the reference's version of the inner one."""
    criteria = graded(solution + WRONG_DILATE + also)
    facts = [fact.text for fact in criteria["x_grad"].facts if fact.kind == "inner"]
    assert facts == [f"Your dilate is wrong; with a right one this {outcome}."]
