"""Laws of `grader confirm`: an accepted doubt keeps no grade out of a report."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE
from grader.model.student import Student, Submission
from tests.grader.cli.conftest import grade_of

DOUBT = "tiny.py is missing; found notes.txt"


@pytest.fixture
def in_doubt(at_course: str) -> str:
    """A gradebook in which one submission, eve's, is in doubt."""
    with Gradebook(at_course) as book, book.run("tiny", "by"):
        submission = Submission("eve", "tiny", "files", doubt=DOUBT)
        book.hand_in([Student("eve")], [submission])
        book.record(submission, GradeEntry(grade_of("eve")))
    return at_course


def confirm(url: str, *words: str, assignment: str = "tiny") -> int:
    return main(["confirm", "--gradebook", url, "--assignment", assignment, "--author", "me", *words])


def test_a_confirmed_grade_counts_and_the_log_says_who_and_why(
    in_doubt: str, scores: Callable[[], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert confirm(in_doubt, "eve", "--reason", "she sent nothing else") == PASSED
    assert DOUBT in capsys.readouterr().out
    with Gradebook(in_doubt) as book:
        (row,) = [row for row in book.grades() if row.student_id == "eve"]
        assert row.review_reason == ""
        (entry,) = [entry for entry in book.audit_log() if entry["action"] == "confirmed"]
    assert entry["detail"]["by"] == "me: she sent nothing else"
    assert entry["detail"]["doubt"] == DOUBT


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("eve", "ghost", "--reason", "x"), "found no submission of 'ghost'"),
        (("ada", "--reason", "x"), "its grade counts already"),
        (("eve", "--reason", " "), "say why"),
    ],
    ids=["nobody", "no doubt", "no reason"],
)
def test_a_confirmation_that_fails_changes_nothing(
    in_doubt: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert confirm(in_doubt, *words) == USER_MISTAKE
    assert message in capsys.readouterr().err
    with Gradebook(in_doubt) as book:
        assert [row.student_id for row in book.grades() if row.review_reason] == ["eve"]


def test_a_confirmation_for_a_wrong_assignment_changes_nothing(
    in_doubt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert confirm(in_doubt, "eve", "--reason", "x", assignment="tinny") == USER_MISTAKE
    assert "did you mean 'tiny'?" in capsys.readouterr().err
    with Gradebook(in_doubt) as book:
        assert [row.student_id for row in book.grades() if row.review_reason] == ["eve"]


def test_nothing_is_said_to_count_that_needs_review_for_another_reason(
    in_doubt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eve's file and ada's are late by an unknown time; only eve's is also in doubt."""
    with open("assignments/course.yaml", "a") as file:
        file.write("timezone: UTC\ndeadlines: {tiny: 2026-10-01T23:59:00}\nlate_penalty: 10% per day\n")
    with Gradebook(in_doubt) as book:
        book.hand_in([], [replace(one, submitted_at="", late=True) for one in book.submissions("tiny")])
    assert confirm(in_doubt, "ada", "--reason", "x") == USER_MISTAKE
    message = capsys.readouterr().err
    assert "needs review: late by an unknown time. Give the times" in message
    assert "counts already" not in message
    assert confirm(in_doubt, "eve", "--reason", "x") == PASSED
    assert capsys.readouterr().out.startswith("eve: still needs review: late by an unknown time; accepted: ")
