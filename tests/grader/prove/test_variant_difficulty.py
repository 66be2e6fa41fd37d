"""Per-student numbers are equally hard if hidden cases kill the same mutants for every student."""

from fractions import Fraction
from pathlib import Path

from grader.author.load import load
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.prove.variant_difficulty import differences, hidden_exact, kills

ROOT = Path(__file__).parents[3]


def grade(**statuses: Status) -> Grade:
    results = tuple(CheckResult("conv", case, status) for case, status in statuses.items())
    criterion = CriterionGrade("conv", "", Fraction(1), Fraction(0), Status.WRONG, results)
    return Grade("tiny", "mutant", (criterion,), "none")


def test_a_crash_kills_and_a_case_that_was_not_run_does_not() -> None:
    grades = {
        "wrong": grade(one=Status.WRONG, two=Status.OK),
        "crash": grade(one=Status.CRASHED, two=Status.TIMEOUT),
        "not_run": grade(one=Status.NOT_RUN, two=Status.OK),
    }

    assert kills(grades) == {"conv/one": frozenset({"wrong", "crash"}), "conv/two": frozenset({"crash"})}


def test_the_same_kills_for_everybody_are_no_difference() -> None:
    common = {"conv/one": frozenset({"a", "b"})}

    assert not list(differences(common, {"ada": dict(common), "eve": dict(common)}))


def test_every_difference_names_case_mutant_and_student() -> None:
    common = {"conv/one": frozenset({"a", "b"}), "conv/two": frozenset[str]()}
    misconceptions = {"conv/one": frozenset({"a"}), "conv/two": frozenset({"b"})}

    assert list(differences(common, {"ada": misconceptions, "eve": common})) == [
        "conv/one kills b, and not in variant ada",
        "conv/two kills b in variant ada only",
    ]


def test_only_hidden_exact_cases_are_compared() -> None:
    cut = hidden_exact(load(ROOT / "assignments" / "conv_backward"))
    cases = list(cut.rubric.cases)

    assert cases
    assert all(case.visibility is not Visibility.VISIBLE and case.compare == "exact" for case in cases)


def test_an_authors_own_tests_have_no_numbers_and_are_left_out() -> None:
    assignment = load(ROOT / "assignments" / "conv_forward")
    assert assignment.tests
    assert hidden_exact(assignment).tests == ()
