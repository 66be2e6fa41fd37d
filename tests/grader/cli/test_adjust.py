"""Laws of `grader adjust`: all of a file or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli import PASSED, USER_MISTAKE

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


def test_somebody_who_handed_in_nothing_may_be_given_points(
    at_course: str, scores: Callable[[], dict[str, str]]
) -> None:
    assert adjust(at_course, "cleo,tiny,,8,oral examination,me\n") == PASSED
    assert scores()["cleo"] == "8"


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "an_unknown_student": (
            "ada,tiny,flip,1,why,me\ndora,tiny,flip,1,why,me\n",
            "adjustments.csv:3: found no student 'dora'; expected one on the roster, or who handed "
            "something in",
        ),
        "an_unknown_assignment": (
            "ada,tinny,flip,1,why,me\n",
            "adjustments.csv:2: found assignment 'tinny', expected one of tiny",
        ),
        "an_unknown_criterion": (
            "ada,tiny,flop,1,why,me\n",
            "adjustments.csv:2: found criterion 'flop', expected one of flip",
        ),
        "points_in_words": (
            "ada,tiny,flip,two,why,me\n",
            "adjustments.csv:2: points: found 'two', expected a number, 2.5 or -1/3",
        ),
        "no_reason": (
            "ada,tiny,flip,1,,me\n",
            "adjustments.csv:2: reason: found '', expected why, on one line",
        ),
        "the_same_twice": (
            "ada,tiny,flip,1,why,me\nada,tiny,flip,2,why,me\n",
            "adjustments.csv:3: found the same as on line 2 again; expected each once",
        ),
    }.values(),
)
def test_of_adjustments_with_a_mistake_none_is_made(
    at_course: str,
    scores: Callable[[], dict[str, str]],
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    assert adjust(at_course, text) == USER_MISTAKE
    assert capsys.readouterr().err == f"grader: {said}\n"
    assert scores() == {"ada": "5", "'=bob": "5"}
