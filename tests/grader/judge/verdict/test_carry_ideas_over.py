"""A criterion without comparable answers gets the ideas about the one wrong exercise that it calls."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from grader.judge.verdict.diagnose import diagnose
from grader.judge.verdict.misconceptions import Misconception, Misconceptions
from grader.model.assignment import Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

MISTAKES = Misconceptions(
    ideas={
        "flipped": Misconception("conv", "You flip.", "#flip"),
        "turned": Misconception("grad", "You turn.", "#turn"),
    },
    exercises_by_criterion={"conv": ["conv"], "grad": ["grad"], "transpose": ["grad"]},
    answers={
        "conv/one": {"a": [("flipped",)]},
        "grad/one": {"f": [("turned",)]},
        "grad/two": {"g": [("turned",)]},
        "transpose/one": {"wrong": [("turned",), ("flipped",)]},
        "transpose/two": {"wrong": [("turned",)]},
        "transpose/three": {"wrong": [("flipped",)]},
    },
)
TURNED = ("grad/one f", "transpose/one ", "transpose/two ")


def claimed(
    *failures: str, passes: str = "", hidden: str = "", exercises: Sequence[str] = ("grad",)
) -> list[tuple[str, int, int, bool]]:
    """Name, explained, failing and certainty of each idea about the transpose, which calls `exercises`."""
    mistakes = replace(
        MISTAKES, exercises_by_criterion={**MISTAKES.exercises_by_criterion, "transpose": exercises}
    )
    results = [_wrong(failure, Visibility.VISIBLE) for failure in failures]
    results += [_wrong(hidden, Visibility.HIDDEN)] if hidden else []
    if passes:
        criterion, _, case = passes.partition("/")
        results.append(CheckResult(criterion, case, Status.OK, answer="right"))
    criteria = tuple(
        CriterionGrade(
            id, "", Fraction(4), Fraction(0), Status.WRONG, tuple(r for r in results if r.criterion == id)
        )
        for id in MISTAKES.exercises_by_criterion
    )
    calls = {"grad": frozenset[str](), "conv": frozenset[str]()}
    grade = diagnose(Grade("tiny", "ada", criteria, "none"), mistakes, calls)
    (ideas,) = (criterion.ideas for criterion in grade.criteria if criterion.id == "transpose")
    return [(idea.name, idea.explained, idea.failing, idea.is_sure) for idea in ideas]


def _wrong(failure: str, visibility: Visibility) -> CheckResult:
    name, _, answer = failure.partition(" ")
    criterion, _, case = name.partition("/")
    return CheckResult(criterion, case, Status.WRONG, visibility, answer=answer)


def test_the_idea_about_the_one_wrong_exercise_is_carried_over() -> None:
    assert claimed(*TURNED) == [("turned", 2, 2, True)]


def test_a_case_that_fails_for_another_reason_stops_it() -> None:
    assert claimed(*TURNED, "transpose/three ") == []


def test_a_case_that_would_fail_and_passes_stops_it() -> None:
    assert claimed("grad/one f", "transpose/two ", passes="transpose/one") == []


def test_neither_of_two_wrong_exercises_is_chosen() -> None:
    both = ("conv", "grad")
    assert claimed(*TURNED, exercises=both) == [("turned", 2, 2, True)]
    assert claimed(*TURNED, "conv/one a", exercises=both) == []


def test_a_failure_that_no_idea_explains_stops_it() -> None:
    assert claimed(*TURNED, "grad/two other") == []


def test_a_hidden_case_takes_the_certainty_and_not_the_idea() -> None:
    assert claimed(*TURNED, hidden="grad/two other") == [("turned", 2, 2, False)]
