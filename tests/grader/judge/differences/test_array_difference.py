"""Only values that are equal or within their bound pass, and the first difference is named."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference, Expected

GRID = np.arange(6.0).reshape(2, 3)


def judged(expected: Any, actual: Any, bound: Any = None, dtype: str = "float32") -> Difference | None:
    bounds = None if bound is None else (np.broadcast_to(np.float64(bound), np.shape(expected)),)
    return first_difference(Expected((np.asarray(expected),), bounds), [np.asarray(actual)], dtype)


def single(values: Any) -> np.ndarray[Any, Any]:
    return np.asarray(values, dtype=np.float32)


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, min_side=0), elements=st.integers(-99, 99)))
def test_an_array_equals_itself_and_no_other_number(array: np.ndarray[Any, Any]) -> None:
    assert judged(array.astype(np.float64), array) is None
    for index in np.ndindex(array.shape):
        changed = array.copy()
        changed[index] += 1
        difference = judged(array.astype(np.float64), changed)
        assert difference is not None
        assert difference.index == index


def test_the_first_difference_is_named_with_expected_and_actual() -> None:
    actual = single(GRID)
    actual[1, 0] = 7.5
    actual[1, 2] = 9
    difference = judged(GRID, actual)

    assert difference is not None
    assert (difference.index, difference.expected, difference.actual) == ((1, 0), "3", "7.5")
    assert difference.rationale == "2 of 6 elements differ"


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_single_number_beyond_its_bound_is_called_the_number(shape: tuple[int, ...]) -> None:
    difference = judged(np.full(shape, 1.0), single(np.full(shape, 2.0)), 0.25)

    assert difference is not None
    assert difference.rationale == (
        "the number is off by more than rounding error. Here the error is 1; at most 0.25 is allowed"
    )


@pytest.mark.parametrize("bound", [None, 1e30], ids=["exact", "bound"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_never_passes(value: float, bound: float | None) -> None:
    actual = single(GRID)
    actual[1, 1] = value
    difference = judged(GRID, actual, bound)

    assert difference is not None
    assert difference.index == (1, 1)
    why = "of memory that was never written" if np.isnan(value) else "larger than float32 can hold"
    assert why in difference.rationale
    assert f"{value} at (1, 1): " in difference.rationale
    of_one_number = judged(np.array(1.0), single(value), bound)
    assert of_one_number is not None
    assert f"the number differs; {value}: " in of_one_number.rationale


@pytest.mark.parametrize("bound", [None, 1.0, np.nan, np.inf], ids=str)
def test_nan_does_not_pass_even_where_nan_is_expected(bound: float | None) -> None:
    assert judged(np.array([1.0, np.nan]), single([1, np.nan]), bound) is not None


def test_an_infinite_bound_lets_no_infinity_pass() -> None:
    """A reference that overflows on absolute values must not let everything pass."""
    assert judged(np.array([1.0]), single([np.inf]), np.inf) is not None
    assert judged(np.array([1.0]), single([2.0]), np.inf) is not None


@pytest.mark.parametrize("infinity", [np.inf, -np.inf])
def test_an_expected_infinity_is_matched_by_itself_alone(infinity: float) -> None:
    """As in the scores of a masked softmax: its share of max(1, |expected|) is infinite, too."""
    assert judged(np.array([infinity]), single([infinity]), np.inf) is None
    for other in (-infinity, 5.0, np.nan):
        assert judged(np.array([infinity]), single([other]), np.inf) is not None


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint64", "bool"])
def test_no_bound_applies_to_whole_numbers_and_truth_values(dtype: str) -> None:
    """Beside real results, which have one."""
    whole, real = np.array([0, 1], dtype), np.array([1.0, 2.0])
    expected = Expected((whole, real), (np.full(2, 9.0), np.full(2, 0.5)))

    assert first_difference(expected, [whole, single([1.25, 2])], "float32") is None
    difference = first_difference(expected, [whole[::-1], single([1.25, 2])], "float32")
    assert difference is not None
    assert difference.rationale == "result 1 of 2: all 2 elements differ"


@pytest.mark.parametrize("bound", [None, 0.0], ids=["exact", "bound"])
def test_negative_zero_equals_zero(bound: float | None) -> None:
    assert judged(np.zeros(3), single([-0.0, 0.0, -0.0]), bound) is None
    assert judged(-np.zeros(3), single(np.zeros(3)), bound) is None


@given(st.floats(-100, 100, width=32), st.floats(2.0**-20, 2.0**-4))
def test_an_element_passes_up_to_its_bound_and_not_beyond(actual: float, bound: float) -> None:
    assert judged(np.array([actual + bound * 0.999]), single([actual]), bound) is None
    assert judged(np.array([actual - bound * 0.999]), single([actual]), bound) is None
    assert judged(np.array([actual + bound * 1.001]), single([actual]), bound) is not None
    assert judged(np.array([actual - bound * 1.001]), single([actual]), bound) is not None


def test_the_bound_itself_is_inside() -> None:
    assert judged(np.array([1.0]), single([1.5]), 0.5) is None
    assert judged(np.array([1.0]), single([np.nextafter(np.float32(1.5), np.float32(2))]), 0.5) is not None


def test_each_element_has_its_own_bound() -> None:
    expected = Expected((np.zeros(2),), (np.array([1.0, 0.1]),))

    assert first_difference(expected, [single([0.5, 0.05])], "float32") is None
    difference = first_difference(expected, [single([0.5, 0.5])], "float32")
    assert difference is not None
    assert difference.index == (1,)
    assert difference.rationale.endswith("Here the error is 0.5; at most 0.1 is allowed")


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32", "int64", "bool"])
def test_another_dtype_is_wrong_however_right_the_values(dtype: str) -> None:
    difference = judged(np.zeros((2, 3)), np.zeros((2, 3), dtype))

    assert difference is not None
    assert (difference.expected, difference.actual) == ("float32", dtype)


def test_integers_are_expected_as_they_are() -> None:
    assert judged(np.array([1, 2]), np.array([1, 2])) is None
    assert judged(np.array([1, 2]), single([1, 2])) is not None
    assert judged(np.array([1, 2]), np.array([1, 3])) is not None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [([True, False], [True, True]), ([True, False], [False, False]), ([False, True], [True, False])],
)
def test_truth_values_are_compared_like_numbers(expected: list[bool], actual: list[bool]) -> None:
    assert judged(np.array(expected), np.array(expected)) is None
    difference = judged(np.array(expected), np.array(actual))
    assert difference is not None


@pytest.mark.parametrize(
    ("shape", "phrase"),
    {
        "permuted": ((3, 2), "axes were exchanged"),
        "an_axis_more": ((2, 3, 1), "3 axes and not 2"),
        "an_axis_less": ((6,), "1 axis and not 2"),
        "one_longer": ((2, 4), "axis 1 has length 4 and not 3"),
        "both_other": ((1, 4), "axis 0 has length 1 and not 2; axis 1 has length 4 and not 3"),
        "empty": ((2, 0), "axis 1 has length 0 and not 3"),
    }.values(),
    ids=["permuted", "an_axis_more", "an_axis_less", "one_longer", "both_other", "empty"],
)
def test_another_shape_is_wrong_and_says_how(shape: tuple[int, ...], phrase: str) -> None:
    difference = judged(GRID, np.zeros(shape, np.float32))

    assert difference is not None
    assert (difference.expected, difference.actual) == ("(2, 3)", str(shape))
    assert phrase in difference.rationale


def test_a_shape_that_would_broadcast_is_wrong() -> None:
    assert judged(np.ones((2, 3)), np.ones((1, 3), np.float32)) is not None
    assert judged(np.ones((2, 3)), np.float32(1)) is not None


@pytest.mark.parametrize("bound", [None, 1.0], ids=["exact", "bound"])
def test_nothing_equals_nothing_of_the_same_shape_and_dtype(bound: float | None) -> None:
    assert judged(np.zeros((2, 0)), np.zeros((2, 0), np.float32), bound) is None
    assert judged(np.zeros((2, 0)), np.zeros((0, 2), np.float32), bound) is not None
    assert judged(np.zeros((2, 0)), np.zeros((2, 0)), bound) is not None


@pytest.mark.parametrize("bound", [None, 0.25], ids=["exact", "bound"])
def test_a_single_number_is_compared(bound: float | None) -> None:
    assert judged(np.array(2.0), single(2), bound) is None
    difference = judged(np.array(2.0), single(3), bound)
    assert difference is not None
    assert difference.index == ()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_arrays_is_wrong(count: int) -> None:
    expected = Expected((GRID, GRID))

    assert first_difference(expected, [single(GRID)] * 2, "float32") is None
    difference = first_difference(expected, [single(GRID)] * count, "float32")
    assert difference is not None
    assert (difference.expected, difference.actual) == ("2 arrays", f"{count} arrays")


def test_the_second_of_two_arrays_counts() -> None:
    assert first_difference(Expected((GRID, GRID)), [single(GRID), single(GRID + 1)], "float32") is not None


@pytest.mark.parametrize(
    ("actual", "phrase"), [(0 * GRID, "zeros only"), (-GRID, "every sign is flipped"), (GRID + 1, "all 6")]
)
def test_a_telling_answer_gets_a_hint(actual: Any, phrase: str) -> None:
    difference = judged(GRID, single(actual))

    assert difference is not None
    assert phrase in difference.rationale


def test_a_result_that_differs_is_named_by_its_number() -> None:
    expected = Expected((GRID, np.array([2, 3])))
    for actual, number in [((single(GRID) + 1, np.array([2, 3])), 1), ((single(GRID), np.array([3, 2])), 2)]:
        difference = first_difference(expected, actual, "float32")
        assert difference is not None
        assert difference.rationale.startswith(f"result {number} of 2: ")
    difference = first_difference(expected, (single(GRID)[0], np.array([2, 3])), "float32")
    assert difference is not None
    assert difference.rationale.startswith("result 1 of 2: ")


def test_a_result_with_a_name_is_named() -> None:
    expected = Expected((GRID, np.array([2, 3])))
    difference = first_difference(
        expected, (single(GRID), np.array([3, 2])), "float32", names=("flipped", "undilated")
    )
    assert difference is not None
    assert difference.rationale.startswith("undilated (result 2 of 2): ")


@pytest.mark.parametrize(
    ("expected", "actual", "bound"),
    [(np.inf, 3.0, 1e-6), (np.nan, 0.1, 1e-6), (1e308, -1e308, 1e-6), (2.0, 3.0, np.inf)],
    ids=["infinity", "nan", "farther_apart_than_a_float", "a_bound_without_end"],
)
def test_an_error_that_no_number_states_is_left_out(expected: float, actual: float, bound: float) -> None:
    difference = first_difference(
        Expected((np.array([expected]),), (np.array([bound]),)), [np.array([actual])], "float64"
    )
    assert difference is not None
    assert difference.rationale == "the number differs"
