"""Laws of submissions that are late by an unknown time."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from grader.model.late_policy import (
    DAY,
    UNKNOWN_LATENESS,
    Penalty,
    Policies,
    Standing,
    apply_policy_to,
)
from grader.model.student import ON_TIME, Student, Submission, TimeRuling

LATE_AND_NO_TIME = Submission("ada", "dense", "1", late=True)


@pytest.mark.parametrize(
    ("rule", "score", "unclear", "message"),
    [
        ("review", 90, UNKNOWN_LATENESS, ""),
        ("on_time", 90, "", "the course counts it as on time"),
        ("one_unit", 80, "", "the course counts it as 1 day late"),
    ],
)
def test_late_by_an_unknown_time_ends_as_the_course_says(
    rule: Any, score: int, unclear: str, message: str
) -> None:
    policies = replace(PENALTY_A_DAY, unknown_lateness=rule)
    final = apply_policy_to(policies, standing_of(LATE_AND_NO_TIME, 90), 0)
    assert (final.score, final.unclear) == (score, unclear)
    assert message in "".join(step.says for step in final.steps)


def test_a_mark_of_lateness_changes_nothing_without_a_penalty() -> None:
    policies = replace(PENALTY_A_DAY, penalty=None)
    final = apply_policy_to(policies, standing_of(LATE_AND_NO_TIME, 90), 0)
    assert (final.score, final.unclear) == (90, "")


def test_an_instructors_word_on_the_time_outranks_the_exports() -> None:
    """On time, or at a given time: deadline and penalty then apply, and the student reads who decided."""
    with_time = replace(LATE_AND_NO_TIME, submitted_at="2026-10-09T00:00:00+02:00")
    for submission in (LATE_AND_NO_TIME, with_time):
        in_time = replace(standing_of(submission, 90), ruling=TimeRuling(submission.id, ON_TIME, "ill", "ta"))
        final = apply_policy_to(PENALTY_A_DAY, in_time, 0)
        assert (final.score, final.unclear) == (90, "")
        assert final.steps[0].says == "accepted as on time, says ta: ill"
        at = TimeRuling(submission.id, "2026-10-02T12:00:00+02:00", "mail", "ta")
        assert apply_policy_to(PENALTY_A_DAY, replace(in_time, ruling=at), 0).score == 80


PENALTY_A_DAY = Policies(
    deadlines={"dense": datetime.fromisoformat("2026-10-01T23:59:00+02:00")},
    penalty=Penalty(Fraction(1, 10), DAY),
)


def standing_of(submission: Submission, earned: int) -> Standing:
    return Standing(Student("ada"), "dense", Fraction(earned), Fraction(100), submission)
