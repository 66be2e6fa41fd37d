"""Two mutants make one submission if both fit; verify lists pairs that do not."""

import pytest

from grader.model.mutant import Mutant
from grader.prove.mutant_pairs import combine

SOLUTION = """\
def grow(a):
    step = a + 1
    return step * 2


def shrink(a):
    return a - 1
"""


def function(name: str, exercise: str, body: str) -> Mutant:
    text = f"original = {exercise}\n\n\ndef {name}(a):\n    return {body}\n\n\n{exercise} = {name}\n"
    return Mutant(name, exercise, "M.", "s.py", "", 1, appended=text, wraps="original" in body)


STEP = Mutant("step", "grow", "M.", "s.py", "", 1, edits={"a + 1": "a + 2"})
TIMES = Mutant("times", "grow", "M.", "s.py", "", 1, edits={"step * 2": "step * 3"})
OTHER_STEP = Mutant("other_step", "grow", "M.", "s.py", "", 1, edits={"a + 1": "a"})
MINUS = function("minus", "grow", "-original(a)")
TENFOLD = function("tenfold", "grow", "original(a) * 10")
WHOLE = function("whole", "grow", "100")
OF_SHRINK = function("of_shrink", "shrink", "original(a) - 1")


def grown(one: Mutant, other: Mutant) -> tuple[int, int]:
    """The results of grow and shrink on 1 with two mutants in the solution."""
    names: dict[str, object] = {}
    exec(combine(one, other, SOLUTION), names)
    return names["grow"](1), names["shrink"](1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (STEP, TIMES, (9, 0)),
        (STEP, MINUS, (-6, 0)),
        (MINUS, STEP, (-6, 0)),
        (MINUS, TENFOLD, (-40, 0)),
        (WHOLE, MINUS, (-100, 0)),
        (MINUS, WHOLE, (-100, 0)),
        (STEP, OF_SHRINK, (6, -1)),
        (WHOLE, OF_SHRINK, (100, -1)),
    ],
    ids=lambda value: value.name if isinstance(value, Mutant) else "",
)
def test_both_are_in_effect(one: Mutant, other: Mutant, expected: tuple[int, int]) -> None:
    assert grown(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (STEP, OTHER_STEP, "both replace the same text"),
        (WHOLE, function("other_whole", "grow", "7"), "each has a whole function"),
        (WHOLE, STEP, "a whole function replaces the text"),
        (STEP, WHOLE, "a whole function replaces the text"),
        (function("class", "Box", "0"), function("method", "Box.open", "0"), "one replaces the whole class"),
        (function("method", "Box.open", "0"), function("class", "Box", "0"), "one replaces the whole class"),
    ],
    ids=["one_place", "two_functions", "function_and_edit", "edit_and_function", "class", "method"],
)
def test_two_mutants_of_one_place_cannot_be_combined(one: Mutant, other: Mutant, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        combine(one, other, SOLUTION)
