"""Laws of `grader adjust`: all rows of a file or none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.batch.gradebook import Gradebook, GradeEntry
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED, USER_MISTAKE
from grader.model.student import Submission
from tests.grader.cli.conftest import grade_of

HEADER = "student_id,assignment,criterion,points,reason,author\n"


def adjust(url: str, text: str) -> int:
    Path("adjustments.csv").write_text(HEADER + text)
    return main(["adjust", "adjustments.csv", "--gradebook", url])


def test_adjustments_are_added_exported_read_back_and_taken_back(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "ada,tiny,flip,2.5,regrade,me\n'=bob,tiny,,-1/3,=late,me\n") == PASSED
    assert scores() == {"ada": "7.5", "'=bob": "4.67"}
    assert main(["report", "--gradebook", at_course, "--format", "adjustments", "--out", "out"]) == PASSED
    exported = Path("out/adjustments.csv").read_text()
    assert exported.count("\n") == 3
    assert main(["adjust", "out/adjustments.csv", "--gradebook", at_course]) == PASSED
    assert scores() == {"ada": "7.5", "'=bob": "4.67"}
    assert adjust(at_course, "ada,tiny,flip,0,,\n") == USER_MISTAKE
    assert adjust(at_course, "ada,tiny,flip,0,no regrade,me\n") == PASSED
    assert scores() == {"ada": "5", "'=bob": "4.67"}


def test_an_adjustment_that_replaces_other_points_is_named(
    at_course: str, capsys: pytest.CaptureFixture[str], scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "ada,tiny,flip,2.5,regrade,me\n'=bob,tiny,,1,bonus,me\n") == PASSED
    assert capsys.readouterr().out == "2 adjustments\n"
    assert adjust(at_course, "ada,tiny,flip,1,regrade,me\n'=bob,tiny,,1,bonus,me\n") == PASSED
    replaced = "1 of them replaces an earlier one:\n  ada, tiny/flip: 2.5 → 1\n"
    assert capsys.readouterr().out == f"2 adjustments\n{replaced}"
    assert scores() == {"ada": "6", "'=bob": "6"}


def test_a_student_who_submitted_nothing_may_be_given_points(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "cleo,tiny,,8,oral examination,me\n") == PASSED
    assert scores()["cleo"] == "8"


def replaced(url: str) -> None:
    """Another submission of ada counts now."""
    with Gradebook(url) as book:
        later = Submission("ada", "tiny", "later", "2")
        book.hand_in([], [later])
        book.record(later, GradeEntry(grade_of("ada")))


def test_exported_adjustments_are_read_back_unchanged(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    words = "applies_to,may_exceed,submission\n"
    text = f"{HEADER.strip()},{words}ada,tiny,flip,2,regrade,me,,,\n'=bob,tiny,,7,bonus,me,student,yes,\n"
    Path("adjustments.csv").write_text(f"{text}cleo,tiny,,3,oral,me,submission,no,\n")
    assert main(["adjust", "adjustments.csv", "--gradebook", at_course]) == PASSED
    assert scores() == {"ada": "7", "'=bob": "12", "cleo": "3"}
    replaced(at_course)
    assert scores()["ada"] == ""  # the adjustment was for an earlier submission: it needs review
    for _ in range(2):
        assert main(["report", "--gradebook", at_course, "--format", "adjustments", "--out", "out"]) == PASSED
        exported = Path("out/adjustments.csv").read_text()
        assert "me,student,yes,\n" in exported and "oral,me,submission,no,none\n" in exported
        assert main(["adjust", "out/adjustments.csv", "--gradebook", at_course]) == PASSED
        assert scores() == {"ada": "", "'=bob": "12", "cleo": "3"}
    assert adjust(at_course, "ada,tiny,flip,2,regrade,me\n") == PASSED
    assert scores()["ada"] == "7"


def test_an_adjustment_of_an_earlier_submission_is_exported_to_no_lms(
    at_course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adjust(at_course, "ada,tiny,flip,2,regrade,me\n") == PASSED
    replaced(at_course)
    outdated = "no longer applies: it was for an earlier submission"
    assert main(["report", "--gradebook", at_course, "--format", "feedback", "--out", "out"]) == PASSED
    assert outdated in Path("out/ada/tiny.md").read_text()
    capsys.readouterr()
    assert main(["report", "--gradebook", at_course, "--format", "gradescope", "--out", "gs"]) == NOT_PASSED
    why = f"ada (Ada Lovelace), tiny: needs review first (an adjustment {outdated})"
    assert capsys.readouterr().err == f"left out: {why}\n"
    assert not Path("gs/ada").exists()


def test_a_total_stays_within_0_and_the_points_offered(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "ada,tiny,flip,6,generous,me\n'=bob,tiny,,-9,copied,me\n") == PASSED
    assert scores() == {"ada": "10", "'=bob": "0"}
    assert adjust(at_course, "cleo,tiny,,-1,copied,me\n") == PASSED
    assert scores()["cleo"] == "0"
    assert main(["report", "--gradebook", at_course, "--format", "feedback", "--out", "out"]) == PASSED
    assert "a total is at most 10 points" in Path("out/ada/tiny.md").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    {
        "an_unknown_student": (
            "ada,tiny,flip,1,why,me\ndora,tiny,flip,1,why,me\n",
            "adjustments.csv:3: found no student 'dora'; expected a student on the roster or with a "
            "submission",
        ),
        "an_unknown_assignment": (
            "ada,tinny,flip,1,why,me\n",
            "adjustments.csv:2: found assignment 'tinny', expected one of tiny; did you mean 'tiny'?",
        ),
        "an_unknown_criterion": (
            "ada,tiny,flop,1,why,me\n",
            "adjustments.csv:2: found criterion 'flop', expected one of flip; did you mean 'flip'?",
        ),
        "points_in_words": (
            "ada,tiny,flip,two,why,me\n",
            "adjustments.csv:2: points: found 'two', expected a number, 2.5 or -1/3",
        ),
        "more_than_the_assignment_offers": (
            "ada,tiny,flip,-500,why,me\n",
            "adjustments.csv:2: found -500 points, expected at most 10: tiny offers no more",
        ),
        "no_reason": (
            "ada,tiny,flip,1,,me\n",
            "adjustments.csv:2: reason: found '', expected why, on one line",
        ),
        "the_same_twice": (
            "ada,tiny,flip,1,why,me\nada,tiny,flip,2,why,me\n",
            "adjustments.csv:3: found the same adjustment as on line 2; expected each once",
        ),
    }.values(),
)
def test_a_file_of_adjustments_with_a_mistake_makes_none(
    at_course: str,
    scores: Callable[[], dict[str, str]],
    capsys: pytest.CaptureFixture[str],
    text: str,
    message: str,
) -> None:
    assert adjust(at_course, text) == USER_MISTAKE
    assert capsys.readouterr().err == f"grader: {message}\n"
    assert scores() == {"ada": "5", "'=bob": "5"}
