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


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("x = pad(x, ((0, 0), (padding, padding), (0, 0)))", "error TypeError#pair in conv"),
        ("x = pad(x, padding)", "error TypeError in pad"),
        ("x = pad(x, ((0, 0), (high, high), (0, 0)))", "error TypeError in pad"),
    ],
    ids=["twice", "once", "another_name"],
)
def test_a_pair_that_is_passed_on_twice_is_taken_for_a_number_where_that_is_written(
    line: str, end: str
) -> None:
    calls = (
        Call("conv", "conv.py", 7, line, "x (2, 8, 10, 3), padding (2, 0)"),
        Call("pad", "conv.py", 3, "shape = [n + low + high for n, (low, high) in both]", "a (2, 8, 10, 3)"),
    )
    rationale = "conv.py:3: TypeError: unsupported operand type(s) for +: 'int' and 'tuple'"
    result = CheckResult(
        "conv", "one", Status.ERROR, answer="error TypeError", rationale=rationale, calls=calls
    )
    assert end_of(result, {"conv": "conv", "pad": "pad"}) == end


def _failed(function: str) -> CheckResult:
    call = Call(function, "conv.py", 7, "windows = x.as_strided(", "x (2, 3)")
    rationale = "conv.py:7: ValueError: 428 of 378\nwindows = x.as_strided("
    return CheckResult(
        "conv", "one", Status.ERROR, answer="error ValueError", rationale=rationale, calls=(call,)
    )


def _grade(*results: CheckResult) -> Grade:
    criterion = CriterionGrade("conv", "", Fraction(4), Fraction(0), Status.ERROR, results)
    return Grade("tiny", "ada", (criterion,), "none")
