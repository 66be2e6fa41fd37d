"""Cheats are made of a solution by the tool, and a family says what is too much for each of them to gain."""

from fractions import Fraction
from pathlib import Path

import pytest

from grader.author.load import load
from grader.author.render import Views
from grader.model.assignment import Case, Criterion, Rubric, Visibility
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.prove.cheat import Cheat
from grader.prove.cheats import FAMILIES, cheats_on

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
