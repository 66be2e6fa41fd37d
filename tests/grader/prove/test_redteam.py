"""The red team's page compares what each attack gained with what it may gain."""

from fractions import Fraction

import pytest

from grader.model.grade import CriterionGrade, Grade, Status
from grader.prove.attacks import NOTHING, Attack
from grader.prove.redteam import gains_of, key_of


def grade(points: int) -> Grade:
    criterion = CriterionGrade("flip", "", Fraction(10), Fraction(points), Status.OK, ())
    return Grade("tiny", "attack", (criterion,), "bubblewrap", "cpu")


@pytest.mark.parametrize(
    ("may_gain", "points", "is_too_much"),
    [
        *(("nothing", 6, False), ("nothing", 7, True)),  # the others are right, and writing nothing earns 6
        *(("part", 9, False), ("part", 10, True)),
        ("all", 10, False),
    ],
)
def test_an_attack_gains_too_much_where_it_gains_more_than_its_row_says(
    may_gain: str, points: int, is_too_much: bool
) -> None:
    attacks = [Attack(NOTHING, "", "flip", "nothing", {}), Attack("sleeps", "", "flip", may_gain, {})]
    grades = {key_of(attacks[0]): grade(6), key_of(attacks[1]): grade(points)}
    nothing, gain = gains_of(attacks, grades)
    assert (nothing.is_too_much, gain.is_too_much) == (False, is_too_much)
    assert (gain.cheat, gain.points) == ("sleeps on flip", points)
