"""Two collections are equal if they hold the same elements equally often, at any length of an element."""

from typing import Any

import numpy as np
import pytest

from grader.judge.comparisons.set import elements_difference
from grader.judge.differences.python_words import LONGEST
from tests.tables import by_name

LONG = "a" * LONGEST
DIFFERENT: dict[str, tuple[Any, Any]] = {
    "texts_that_are_cut_when_shown": (LONG + "b", LONG + "c"),
    "whole_numbers_that_are_cut_when_shown": (10**LONGEST, 10**LONGEST + 1),
    "lists_that_are_cut_when_shown": ([0] * LONGEST + [1], [0] * LONGEST + [2]),
    "digits_that_an_array_does_not_show": (np.array([1.0]), np.array([1.0 + 1e-12])),
    "elements_that_an_array_does_not_show": (np.arange(99), np.where(np.arange(99) == 50, 0, np.arange(99))),
    "types": (1, True),
    "types_inside": ((1, 2), (1.0, 2)),
    "dtypes": (np.zeros(2, "int32"), np.zeros(2, "int64")),
}
SAME: dict[str, tuple[Any, Any]] = {
    "zero": ([0.0], [-0.0]),
    "nan": (float("nan"), float("nan")),
    "sets": (frozenset({1, 2}), frozenset({2, 1})),
    "dicts": ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
    "arrays": (np.array([0.0, np.nan]), np.array([-0.0, np.nan])),
}


@pytest.mark.parametrize(("one", "other"), by_name(DIFFERENT))
def test_elements_that_differ_anywhere_are_different(one: Any, other: Any) -> None:
    assert elements_difference([one, one], [one, one]) is None
    assert elements_difference([one, one], [one, other]) is not None


@pytest.mark.parametrize(("one", "other"), by_name(SAME))
def test_equal_elements_are_the_same_in_any_order(one: Any, other: Any) -> None:
    assert elements_difference([one, "end"], ("end", other)) is None


def test_numbers_of_equal_hashes_are_counted_as_fast_as_others() -> None:
    """Their count takes time that grows with the square if it goes by Python's hash: ten minutes here."""
    numbers = [k * (2**61 - 1) for k in range(50_000)]
    assert elements_difference(numbers, numbers[::-1]) is None


def test_a_longer_answer_is_wrong_by_an_element_that_occurs_too_often() -> None:
    """It is read no further than that: an answer may hold millions of elements."""
    difference = elements_difference([1, 2], [2, 1, 1, 3])
    assert difference is not None
    assert difference.rationale == "1 is not expected, or not this often"
    assert elements_difference([], np.zeros(30_000_000, np.float32)) is not None
