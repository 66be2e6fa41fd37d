"""A tolerance is for real numbers; whole numbers, texts and infinities are exact wherever they stand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.judge.differences.value_difference import value_difference

TOLERANCE = 1e-3
LARGE = 10**6  # a whole number that the tolerance would let be off by 1,000
PLACES: dict[str, Callable[[Any], Any]] = {
    "alone": lambda value: value,
    "in_a_list_of_real_numbers": lambda value: [0.5, value],
    "in_a_tuple": lambda value: (value, 0.5),
    "in_a_dict": lambda value: {"count": value, "mean": 0.5},
    "deep_inside": lambda value: [0.5, {"counts": (0.25, [value])}],
}


def is_right(expected: Any, actual: Any, tolerance: float = TOLERANCE) -> bool:
    return value_difference(expected, actual, tolerance) is None


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_whole_number_is_exact_wherever_it_stands(place: Callable[[Any], Any]) -> None:
    assert is_right(place(LARGE), place(LARGE))
    difference = value_difference(place(LARGE), place(LARGE + 1), TOLERANCE)
    assert difference is not None
    assert (difference.expected, difference.actual) == (f"{LARGE}", f"{LARGE + 1}")
    assert difference.rationale.endswith("the value differs")


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_an_array_of_whole_numbers_is_exact_wherever_it_stands(
    place: Callable[[Any], Any], dtype: str
) -> None:
    whole = np.array([LARGE, 2**60], dtype)

    assert is_right(place(whole), place(whole.copy()))
    assert not is_right(place(whole), place(whole + np.array([0, 1], dtype)))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_real_number_may_be_off_by_the_tolerance(place: Callable[[Any], Any]) -> None:
    assert is_right(place(2.0), place(2.001))
    assert not is_right(place(2.0), place(2.003))
    assert not is_right(place(2.0), place(2.001), tolerance=0.0)
    assert is_right(place(np.array([2.0])), place(np.array([2.001])))


def test_a_float_may_take_the_place_of_a_whole_number_that_it_rounds_to_within_the_tolerance() -> None:
    assert is_right([3, 0.5], [3.0, 0.5])
    assert is_right([1, 0.5], [0.9999999, 0.5])
    assert not is_right([2**53 + 1], [float(2**53 + 1)], tolerance=0.0)
    assert not is_right([3, 0.5], [3.01, 0.5])
    assert not is_right([LARGE, 0.5], [LARGE + 0.75, 0.5])
    assert not is_right([3, 0.5], [3 + 1e-4j, 0.5])
    assert is_right([3.0], [3])


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_number_of_numpy_counts_as_the_python_number_of_its_value(place: Callable[[Any], Any]) -> None:
    """A worker sends the float32 of x.mean() as an array without axes."""
    assert is_right(place(0.5), place(np.array(0.5, "float32")), tolerance=0.0)
    assert is_right(place(1 / 3), place(np.array(1 / 3, "float32")))
    assert is_right(place(3), place(np.array(3)), tolerance=0.0)
    assert not is_right(place(0.5), place(np.array(0.75, "float32")))
    assert not is_right(place(0.5), place(np.array([0.5], "float32")))


@pytest.mark.parametrize("infinity", [float("inf"), float("-inf")])
def test_an_expected_infinity_is_matched_by_itself_alone(infinity: float) -> None:
    assert is_right([infinity], [infinity])
    for other in (-infinity, 5.0, float("nan")):
        assert not is_right([infinity], [other])


def test_nan_matches_nan_alone() -> None:
    assert is_right(float("nan"), float("nan"))
    assert not is_right(float("nan"), 1.0)
    assert not is_right(1.0, float("nan"))


@pytest.mark.parametrize("actual", [10**400, -(10**400), complex(1.7e308, 1.7e308)], ids=str)
def test_a_number_that_no_float_holds_is_wrong_and_no_fault_of_the_grader(actual: complex) -> None:
    assert not is_right(1.0, actual)
    assert not is_right(10**400 + 1, actual)
