"""Laws of `grader forget`: what it names is in no report, nothing is deleted, and it can be undone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.exit_status import PASSED, USER_MISTAKE
from grader.model.student import Student, Submission
from tests.grader.cli.conftest import grade_of


def forget(url: str, *words: str) -> int:
    return main(["forget", "--gradebook", url, *words])


@pytest.fixture
def with_ghosts(at_course: str) -> str:
    """A gradebook in which a run of a wrong folder added a ghost and replaced ada's counting submission."""
    with Gradebook(at_course) as book, book.run("tiny", "by"):
        for student in ("ada", "ghost"):
            submission = Submission(student, "tiny", "wrong", "2")
            book.hand_in([Student(student)], [submission])
            book.record(submission, GradeEntry(grade_of(student)))
    return at_course


def test_a_run_is_found_withdrawn_and_brought_back(
    with_ghosts: str, scores: Callable[[], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert forget(with_ghosts, "--list") == PASSED
    assert next(line.split() for line in capsys.readouterr().out.splitlines())[:2] == ["1", "tiny"]
    assert set(scores()) == {"ada", "'=bob", "ghost"}
    assert forget(with_ghosts, "--run", "1", "--reason", "the wrong folder", "--author", "me") == PASSED
    assert "ada, tiny: an earlier submission counts again" in capsys.readouterr().out
    assert set(scores()) == {"ada", "'=bob"}
    assert forget(with_ghosts, "--list") == PASSED
    assert capsys.readouterr().out.endswith("2 new submissions  withdrawn\n")
    with Gradebook(with_ghosts) as book:
        first = next(entry for entry in book.audit_log() if entry["action"] == "withdrawn")
        assert first["detail"] == {"run": 1, "reason": "the wrong folder", "author": "me"}
    assert forget(with_ghosts, "--run", "1", "--undo") == PASSED
    assert set(scores()) == {"ada", "'=bob", "ghost"}


def test_a_student_is_withdrawn_and_brought_back(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert forget(at_course, "--student", "ada", "--assignment", "tiny", "--reason", "a test") == PASSED
    assert set(scores()) == {"'=bob"}
    assert forget(at_course, "--student", "ada", "--undo") == PASSED
    assert set(scores()) == {"ada", "'=bob"}


@pytest.mark.parametrize(
    ("words", "message"),
    {
        "nothing_named": ([], "say what to withdraw: either --student ID or --run N"),
        "two_named": (["--run", "1", "--student", "ada"], "say what to withdraw: either"),
        "no_reason": (["--student", "ada"], "say why: --reason TEXT"),
        "a_run_in_an_assignment": (
            ["--run", "1", "--assignment", "tiny"],
            "--assignment goes only with --student",
        ),
        "a_list_with_a_reason": (["--list", "--reason", "x"], "--list shows the runs and changes nothing"),
        "an_unknown_run": (
            ["--run", "7", "--reason", "x"],
            "found no run 7; `grader forget --list` shows every run",
        ),
        "an_unknown_student": (
            ["--student", "zoe", "--reason", "x"],
            "the reports have no submission of student 'zoe'",
        ),
        "a_student_almost": (
            ["--student", "adaa", "--reason", "x"],
            "the reports have no submission of student 'adaa'; did you mean 'ada'?",
        ),
        "an_assignment_almost": (
            ["--student", "ada", "--assignment", "tinny", "--reason", "x"],
            "the reports have no submission of student 'ada' in tinny; did you mean 'tiny'?",
        ),
        "another_assignment": (
            ["--student", "ada", "--assignment", "big", "--reason", "x"],
            "the reports have no submission of student 'ada' in big",
        ),
        "nothing_to_undo": (
            ["--student", "ada", "--undo"],
            "no submission of student 'ada' is withdrawn",
        ),
    }.values(),
)
def test_a_withdrawal_that_fails_is_explained_in_one_line(
    at_course: str, complaint: Callable[[], str], words: list[str], message: str
) -> None:
    assert forget(at_course, *words) == USER_MISTAKE
    assert message in complaint()


def test_forgetting_never_makes_a_gradebook(tmp_path: Path, complaint: Callable[[], str]) -> None:
    assert forget(f"sqlite:///{tmp_path}/typo.db", "--list") == USER_MISTAKE
    assert "no such gradebook" in complaint()
