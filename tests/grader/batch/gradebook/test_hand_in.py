"""Laws of the facts about a submission that a later run of a batch keeps."""

from dataclasses import replace

import pytest

from grader.batch.gradebook import Gradebook
from grader.model.student import Student, Submission

EARLY, LATE = "2026-09-11T23:00:00-04:00", "2026-09-14T10:59:00-04:00"
ADA = Submission("ada", "conv", "1", late=None)


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


def run(book: Gradebook, time: str = "", late: bool | None = None, has_times: bool = False) -> int:
    """One run on ada's submission; returns its number."""
    with book.run("conv", "digest"):
        book.hand_in([Student("ada")], [replace(ADA, submitted_at=time, late=late)], has_times=has_times)
    return book.runs()[-1].number


def time_of(book: Gradebook) -> tuple[str, bool | None]:
    """The time of ada's submission, and whether it is late."""
    (one,) = book.submissions("conv")
    return one.submitted_at, one.late


@pytest.mark.parametrize("time", ["", LATE])
def test_input_that_does_not_know_lateness_takes_none_back(gradebook: Gradebook, time: str) -> None:
    run(gradebook, time, late=True)
    run(gradebook, late=None)  # the same files in a folder named by the student
    assert time_of(gradebook) == (time, True)
    run(gradebook, late=False)  # the LMS says now that it was on time
    assert time_of(gradebook) == (time, False)


def test_a_wrong_time_goes_with_the_run_that_read_it(gradebook: Gradebook) -> None:
    run(gradebook)
    wrong = run(gradebook, LATE, has_times=True)
    gradebook.forget_run(wrong, "the wrong file of times", "grace")
    assert time_of(gradebook) == ("", False)
    run(gradebook)
    assert time_of(gradebook) == ("", False)
    gradebook.forget_run(wrong, "", "grace", undo=True)
    assert time_of(gradebook) == (LATE, False)


def test_a_time_stays_if_a_later_run_read_it_too(gradebook: Gradebook) -> None:
    run(gradebook)
    first = run(gradebook, LATE, has_times=True)
    run(gradebook, LATE, has_times=True)
    gradebook.forget_run(first, "wrong for others", "grace")
    assert time_of(gradebook) == (LATE, False)


def test_a_first_run_with_a_wrong_time_leaves_none(gradebook: Gradebook) -> None:
    gradebook.forget_run(run(gradebook, LATE, has_times=True), "the wrong file of times", "grace")
    run(gradebook)
    assert time_of(gradebook) == ("", False)


def test_a_file_of_times_is_the_whole_truth(gradebook: Gradebook) -> None:
    run(gradebook, LATE, has_times=True)
    run(gradebook, has_times=True)  # a corrected file, without this student
    assert time_of(gradebook) == ("", False)


def test_the_audit_log_holds_each_change_of_a_time(gradebook: Gradebook) -> None:
    run(gradebook, EARLY, has_times=True)
    run(gradebook)
    wrong = run(gradebook, LATE, has_times=True)
    gradebook.forget_run(wrong, "the wrong file of times", "grace")
    changes = [each["detail"] for each in gradebook.audit_log() if each["action"] == "timed"]
    assert [(one["before"]["submitted_at"], one["submitted_at"]) for one in changes] == [
        (EARLY, LATE),
        (LATE, EARLY),
    ]
    assert changes[1]["author"] == "grace"
