"""Laws of choosing which of a student's submissions may count."""

from datetime import timedelta
from pathlib import Path

import pytest

from grader.author.load import load
from grader.intake.choice import Choice, choose
from grader.intake.tree import Handin
from grader.model.assignment import SubmissionLimits
from grader.model.class_input.identity import Claim
from grader.model.errors import UserError
from grader.model.student import Student
from tests.tiny_course import ASSIGNMENT, write_course

QUARTER = timedelta(minutes=15)


def handins(*minutes: int | None) -> list[Handin]:
    """One at each minute of an hour; None has no time."""
    return [
        Handin(
            f"at-{m}", Claim(ids=("ada",)), submitted_at="" if m is None else f"2026-10-01T10:{m:02}:00+00:00"
        )
        for m in minutes
    ]


@pytest.mark.parametrize(
    ("limits", "minutes", "counting", "aside"),
    [
        (SubmissionLimits(), (0, 1, 2), "at-2", []),
        (SubmissionLimits(at_most=2), (0, 1, 2), "at-1", ["at-2"]),
        (SubmissionLimits(cooldown=QUARTER), (0, 10, 16, 20), "at-16", ["at-10", "at-20"]),
        (SubmissionLimits(cooldown=QUARTER), (0, 15), "at-15", []),
        (SubmissionLimits(2, QUARTER), (0, 5, 20, 40), "at-20", ["at-5", "at-40"]),
        (SubmissionLimits(1, QUARTER), (3,), "at-3", []),
    ],
)
def test_a_submission_beyond_the_limits_displaces_none(
    limits: SubmissionLimits, minutes: tuple[int, ...], counting: str, aside: list[str]
) -> None:
    choice = choose(handins(*reversed(minutes)), Student("ada"), Choice(limits=limits))
    assert [one.label for one in choice.handins] == [counting]
    assert sorted(choice.not_allowed) == sorted(aside) and not choice.doubt


@pytest.mark.parametrize("limits", [SubmissionLimits(at_most=1), SubmissionLimits(cooldown=QUARTER)])
def test_a_limit_that_cannot_be_held_against_times_is_a_doubt(limits: SubmissionLimits) -> None:
    choice = choose(handins(0, None, None), Student("ada"), Choice(limits=limits))
    assert "not all of these 3 submissions have a time" in choice.doubt and not choice.not_allowed


def test_an_assignment_says_how_often(tmp_path: Path) -> None:
    text = f"{ASSIGNMENT}submissions: {{at_most: 10, cooldown: 15m}}\n"
    root = write_course(tmp_path / "course", {"assignments/tiny/assignment.yaml": text})
    assert load(root / "assignments" / "tiny").submission_limits == SubmissionLimits(10, QUARTER)


@pytest.mark.parametrize("value", ["{at_most: 0}", "{cooldown: 15}", "{cooldown: 0m}", "{often: 3}", "10"])
def test_an_invalid_limit_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    text = f"{ASSIGNMENT}submissions: {value}\n"
    root = write_course(tmp_path / "course", {"assignments/tiny/assignment.yaml": text})
    with pytest.raises(UserError, match=r"assignment\.yaml:6"):
        load(root / "assignments" / "tiny")
