"""A mutant ends in an exception of the exercise that it is raised in, whichever exercise the mutant is of."""

from fractions import Fraction

import pytest

from grader.judge.verdict.misconceptions import end_of, of_mutants
from grader.model.grade import Call, CheckResult, CriterionGrade, Grade, Status
from grader.model.mutant import Mutant


@pytest.mark.parametrize(("raised_in", "place"), [("conv", "conv"), ("rounded_up", "output_size")])
def test_a_mutant_ends_as_a_submission_with_the_same_mistake(raised_in: str, place: str) -> None:
    """conv calls output_size: with a wrong length the exception may come in either of the two."""
    names = {"output_size": "output_size", "conv": "conv"}
    mutants = [
        Mutant("rounded_up", "output_size", "You round up.", "conv.py", "", 1),
        Mutant("flipped", "conv", "You flip.", "conv.py", "", 2),
    ]
    of_the_mutant, of_a_student = (_failed(raised_in), _failed(place))
    grades = {"rounded_up": _grade(of_the_mutant), "flipped": _grade()}

    misconceptions = of_mutants(mutants, grades, {"conv": ["conv"]}, {})

    assert misconceptions.answers["conv/one"] == {end_of(of_a_student, names): [("rounded_up",)]}


def _failed(function: str) -> CheckResult:
    call = Call(function, "conv.py", 7, "windows = x.as_strided(", "x (2, 3)")
    rationale = "conv.py:7: ValueError: 428 of 378\nwindows = x.as_strided("
    return CheckResult(
        "conv", "one", Status.ERROR, answer="error ValueError", rationale=rationale, calls=(call,)
    )


def _grade(*results: CheckResult) -> Grade:
    criterion = CriterionGrade("conv", "", Fraction(4), Fraction(0), Status.ERROR, results)
    return Grade("tiny", "ada", (criterion,), "none")
