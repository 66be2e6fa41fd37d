"""Laws of what a later run of a batch knows about a submission."""

from dataclasses import replace

import pytest

from grader.batch.gradebook import Gradebook
from grader.model.student import Student, Submission

EARLY, LATE = "2026-09-11T23:00:00-04:00", "2026-09-14T10:59:00-04:00"


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ((LATE, False), ("", False), LATE),  # Moodle's zip again, without its logs: the penalty stays
        ((LATE, True), ("", True), LATE),  # Canvas's zip again, without its times
        ((LATE, True), (EARLY, True), EARLY),
        (("", True), (LATE, True), LATE),
        ((EARLY, False), ("", True), ""),  # the same files again, after the deadline: their time is unknown
        (("", True), ("", True), ""),
    ],
)
def test_a_run_without_times_keeps_the_times_of_an_earlier_run(
    gradebook: Gradebook, first: tuple[str, bool], then: tuple[str, bool], expected: str
) -> None:
    submission = Submission("ada", "conv", "1")
    for time, late in (first, then):
        gradebook.hand_in([Student("ada")], [replace(submission, submitted_at=time, late=late)])
    assert [(s.submitted_at, s.late) for s in gradebook.submissions("conv")] == [(expected, then[1])]
