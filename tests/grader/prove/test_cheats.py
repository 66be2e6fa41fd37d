"""The tool makes cheats from a solution, and a family limits the points that each of them may gain."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.judge.inputs import Array
from grader.model.assignment import Case, Criterion, Rubric, Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.prove.cheat import Cheat, Exercise
from grader.prove.cheats import FAMILIES, cheats_on, excesses
from grader.prove.cheats.precision import IN_PYTHON, SHORT
from grader.prove.python_cheats import MARK, PythonFamily

ROOT = Path(__file__).parents[3]


def graded(*statuses: Status) -> tuple[Rubric, Grade]:
    """A rubric of one criterion, whose last case is hidden, and a grade of it."""
    cases = tuple(
        Case(
            f"case-{n}",
            "flip",
            "flip",
            "array",
            {},
            visibility=Visibility.HIDDEN if n == len(statuses) - 1 else Visibility.VISIBLE,
        )
        for n in range(len(statuses))
    )
    results = tuple(
        CheckResult("flip", case.id, status) for case, status in zip(cases, statuses, strict=True)
    )
    score = Fraction(100 * sum(status is Status.OK for status in statuses), len(statuses))
    criterion = CriterionGrade("flip", "", Fraction(100), score, Status.OK, results)
    rubric = Rubric(100, (Criterion("flip", "", 100, cases),), Path())
    return rubric, Grade("tiny", "cheat", (criterion,), "bubblewrap", "cpu")


def places(family: str, *statuses: Status) -> list[str]:
    rubric, grade = graded(*statuses)
    cheat = Cheat("cheat", family, "", {})
    return [place for place, _ in FAMILIES[family].excesses(rubric, cheat, grade)]


def test_nothing_written_may_gain_nothing_in_any_case() -> None:
    assert places("nothing_written", Status.WRONG, Status.NOT_RUN) == []
    assert places("nothing_written", Status.WRONG, Status.OK) == ["flip/case-1"]


def test_a_table_may_pass_no_criterion_with_hidden_cases() -> None:
    assert places("table", Status.OK, Status.WRONG) == []
    assert places("table", Status.OK, Status.OK) == ["flip"]


def test_too_few_bits_must_cost_four_points_of_a_hundred() -> None:
    right = [Status.OK] * 49
    assert places("precision", *right, Status.WRONG) == ["flip"]
    assert places("precision", *right[2:], Status.WRONG, Status.WRONG, Status.WRONG) == []


@pytest.mark.parametrize("name", ["cuda_kernels", "dense"])
def test_every_cheat_is_another_submission_of_the_files_that_are_asked_for(name: str) -> None:
    views = Views(load(ROOT / "assignments" / name))
    solution = {file: views.solution.files[file] for file in views.loaded.files}
    cheats = cheats_on(views)
    assert {cheat.family for cheat in cheats} >= {"nothing_written", "precision"}
    for cheat in cheats:
        assert cheat.files.keys() == solution.keys()
        assert dict(cheat.files) != solution, cheat.name
    assert len({cheat.key for cheat in cheats}) == len(cheats)


def right(a: Array) -> Array:
    return a + 1


def called(family: str, name: str, *values: Array, exercise: str = "flip") -> list[list[float]]:
    """A cheat's successive answers in place of `right`, in a course with one visible case of shape [2]."""
    case = Case("pair", "flip", "flip", "array", {"shape": [2]})
    criterion = Criterion("flip", "", 100, (case,))
    assignment = replace(load(ROOT / "assignments" / "dense"), rubric=Rubric(100, (criterion,), Path()))
    cheats = FAMILIES[family]
    assert isinstance(cheats, PythonFamily)
    exercises = [Exercise(exercise, "conv.py")]
    (wrapper,) = (w for n, _, w in cheats.behaviors(assignment, exercises) if n == name)
    names: dict[str, Any] = {}
    exec(wrapper, names)
    cheat = names["cheat"](right, exercise)
    return [np.asarray(cheat(value)).tolist() for value in values]


@pytest.mark.parametrize("short", SHORT.values(), ids=SHORT)
def test_too_few_bits_reach_each_number_of_an_answer(short: str) -> None:
    names: dict[str, Any] = {}
    exec(IN_PYTHON.replace("{short}", short), names)
    third = np.float32(1) / np.float32(3)
    loss, (gradient,) = names["cheat"](lambda: (float(third), (np.array([third]),)), "loss")()
    assert loss == float(gradient[0]) and 0 < abs(loss - third) < 1e-2


ONE, TWO, THREE = np.array([1.0]), np.array([1.0, 2.0]), np.array([5.0, 6.0])


@pytest.mark.parametrize(
    ("family", "name", "answers"),
    [
        ("remembers", "remembers_by_shape", [[2], [2, 3], [2, 3]]),
        ("remembers", "remembers_for_ever", [[2], [2], [2]]),
        ("by_environment", "right_at_its_first_call", [[2], [0, 0], [0, 0]]),
        ("by_environment", "wrong_at_its_first_call", [[0], [2, 3], [6, 7]]),
        ("by_environment", "right_at_every_other_call", [[2], [0, 0], [6, 7]]),
        ("by_environment", "right_on_another_device", [[0], [0, 0], [0, 0]]),
    ],
)
def test_a_cheat_says_when_it_cheats(
    family: str, name: str, answers: list[list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(family, name, ONE, TWO, THREE) == answers
    wrong = [answer != (value + 1).tolist() for answer, value in zip(answers, (ONE, TWO, THREE), strict=True)]
    assert capsys.readouterr().out.count(MARK) == sum(wrong)


def test_no_case_may_pass_in_which_a_cheat_said_that_it_cheats() -> None:
    rubric, grade = graded(Status.OK, Status.WRONG, Status.OK)
    (criterion,) = grade.criteria
    output = tuple(replace(result, output=f"{MARK}\n") for result in criterion.results[:2])
    grade = replace(grade, criteria=(replace(criterion, results=(*output, criterion.results[2])),))
    cheat = Cheat("cheat", "by_environment", "", {})

    assert [place for place, _ in FAMILIES["by_environment"].excesses(rubric, cheat, grade)] == [
        "flip/case-0"
    ]
    cheat = replace(cheat, cheats_in=frozenset({"flip/case-1", "flip/case-2"}))
    assert len([*FAMILIES["by_shape"].excesses(rubric, cheat, grade)]) == 2


def test_a_cheat_that_was_refused_shows_nothing() -> None:
    _, grade = graded(Status.REFUSED, Status.REFUSED)
    views = Views(load(ROOT / "assignments" / "dense"))
    cheat = Cheat("cheat", "by_environment", "", {})
    (place, message), *_ = excesses(views, [cheat], {cheat.key: grade})

    assert place == "flip/case-0"
    assert message.startswith("cheat was never judged: refused")


def test_low_precision_may_keep_half_of_a_criterion_about_precision() -> None:
    rubric, grade = graded(Status.OK, Status.OK, Status.WRONG)
    (criterion,) = rubric.criteria
    wide = tuple(replace(case, parameters={"shape": [2], "wide": "a"}) for case in criterion.cases)
    cheat = Cheat("rounds_to_half", "precision", "", {})

    assert [*FAMILIES["precision"].excesses(rubric, cheat, grade)] == []
    rubric = replace(rubric, criteria=(replace(criterion, cases=wide),))
    ((place, message),) = FAMILIES["precision"].excesses(rubric, cheat, grade)
    assert place == "flip"
    assert "may gain half of a criterion" in message


def test_a_gated_kernel_returns_at_the_lengths_of_its_visible_cases() -> None:
    views = Views(load(ROOT / "assignments" / "cuda_kernels"))
    first, second = (cheat for cheat in cheats_on(views) if cheat.family == "by_shape")

    assert "matmul/one-tile" in first.cheats_in
    assert "matmul/several-tiles" in second.cheats_in
    assert not first.cheats_in & second.cheats_in
    assert first.files["kernels.cu"].count("return;") > views.solution.files["kernels.cu"].count("return;")
