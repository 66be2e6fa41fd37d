"""Scores are shown to two decimals, the same on every machine."""

import json
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.assignment import Assignment, Case, Criterion, Rubric
from grader.model.grade import Call, CheckResult, CriterionGrade, Idea, Status, Variable
from grader.model.text import as_number


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        (Fraction(0), 0.0),
        (Fraction(100), 100.0),
        (Fraction(5, 3), 1.67),
        (Fraction(10, 3), 3.33),
        (Fraction(1, 200), 0.01),  # half goes up, where round() would go to the even 0.0
        (Fraction(3, 200), 0.02),
        (Fraction(1, 201), 0.0),
    ],
)
def test_a_score_is_rounded_half_up_to_two_decimals(score: Fraction, shown: float) -> None:
    assert as_number(score) == shown


@given(st.fractions(0, 100, max_denominator=500))
def test_rounding_moves_a_score_by_half_a_hundredth_at_most(score: Fraction) -> None:
    assert abs(Fraction(as_number(score)) - score) <= Fraction(1, 200) + Fraction(1, 10**9)


@given(st.fractions(0, 100, max_denominator=500), st.fractions(0, 100, max_denominator=500))
def test_rounding_keeps_the_order_of_scores(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    assert as_number(low) <= as_number(high)


def test_a_criterion_weighs_what_its_cases_and_the_withheld_ones_weigh() -> None:
    cases = tuple(Case(str(weight), "c", "probe", "array", {}, weight=weight) for weight in (1, 2, 4))

    assert Criterion("c", "", 10, cases, withheld=8).weight == 15


def test_two_ideas_that_explain_a_case_together_have_a_name_and_a_text_each() -> None:
    """Ideas that fit equally well are one: nobody knows which of them a student has."""
    cut = Idea("cut", "f", "You cut too much.", "", 2, 2, is_sure=True)
    turned = Idea("turned", "f", "You turn it.", "", 2, 2, is_sure=False, others=("mirrored",))
    result = CheckResult("f", "a", Status.WRONG)
    both = replace(result, misconceptions=("cut", "turned", "mirrored"), idea="It is this.\nOr those.")
    one = replace(result, misconceptions=("cut",), idea="It is this.")
    criterion = CriterionGrade(
        "f", "", Fraction(1), Fraction(0), Status.WRONG, (both, one), ideas=(cut, turned)
    )

    assert criterion.ideas_at(both) == {"cut": "It is this.", "turned or mirrored": "Or those."}
    assert criterion.ideas_at(one) == {"cut": "It is this."}
    assert criterion.ideas_at(result) == {}
    old = replace(criterion, ideas=())
    assert old.ideas_at(both) == {"cut or turned or mirrored": "It is this.\nOr those."}


def test_an_assignment_knows_its_criteria_by_id(tmp_path: Path) -> None:
    one, two = Criterion("one", "", 1, ()), Criterion("two", "", 2, ())
    assignment = Assignment(
        "tiny", "", tmp_path, ("conv.py", "kernels.cu"), Rubric(3, (one, two), tmp_path), ""
    )

    assert assignment.criterion("two") is two
    assert assignment.modules == ("conv", "kernels")
    with pytest.raises(KeyError):
        assignment.criterion("three")


def test_the_variables_of_a_line_are_a_sentence() -> None:
    call = Call("f", "conv.py", 3, variables=(Variable("a", (2, 3), "float32"), Variable("s", value=(1, 2))))
    assert call.variables_in_words() == "There, a has shape (2, 3) and s is (1, 2)."
    assert call.variables_in_words("one") == "There, in one, a has shape (2, 3) and s is (1, 2)."
    assert call.variables_in_words(except_for=["a"]) == "There, s is (1, 2)."
    assert call.variables_in_words(except_for=["a", "s"]) == ""
    assert Call("f", "conv.py", 3).variables_in_words() == ""


def test_dtypes_are_named_if_they_differ() -> None:
    three = (Variable("a", (2,), "float32"), Variable("b", (), "float64"), Variable("c", (3,)))
    assert Call("f", "conv.py", 3, variables=three).variables_in_words() == (
        "There, a has shape (2,) in float32, b has shape () in float64 and c has shape (3,)."
    )


def test_a_call_survives_as_json() -> None:
    """Tuples travel as lists, in a reply of a worker and in the gradebook."""
    variables = (Variable("a", (2, 3), "float32"), Variable("s", value=(1, 2)), Variable("n", value=True))
    call = Call("f", "conv.py", 3, "a @ s", "a (2, 3)", (*variables, Variable("none")))
    assert Call.from_json(json.loads(json.dumps(asdict(call)))) == call
    older = {name: value for name, value in asdict(call).items() if name != "variables"}
    assert Call.from_json(older) == replace(call, variables=())
