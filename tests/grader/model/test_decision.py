"""Laws of an instructor's decisions about one student's work."""

from fractions import Fraction

import pytest

from grader.model.decision import EARLIER_RUBRIC, MANUAL, decisions_of, reason_to_wait
from grader.model.grade import CriterionGrade, Grade, Status


@pytest.mark.parametrize(
    ("points", "offered", "now", "is_final"),
    [
        ("4", "4", 4, True),
        ("4", "4", 8, False),  # full points then, half of them now
        ("2", "4", 2, False),  # half of them then, full points now
        ("4", None, 4, True),  # a gradebook that did not record what was offered
        ("4", None, 2, False),
    ],
)
def test_points_by_hand_are_final_only_while_the_criterion_offers_what_they_are_a_part_of(
    points: str, offered: str | None, now: int, is_final: bool
) -> None:
    value = {"points": points, "text": "", "files": "f", "author": "grace"}
    value |= {} if offered is None else {"offered": offered}
    style = CriterionGrade(
        "style", "It reads well", Fraction(now), Fraction(0), Status.NOT_RUN, (), by_hand=True
    )
    grade = Grade("dense", "ada", (style,), "none")
    reason = reason_to_wait(grade, "f", decisions_of([(MANUAL, "style", value)]))
    assert reason == ("" if is_final else f"{EARLIER_RUBRIC}: style")
