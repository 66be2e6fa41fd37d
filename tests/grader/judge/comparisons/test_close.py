"""Laws of bounds that follow the dtype, and of the digest by which a wrong real number names its idea."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from grader.judge.comparison import Comparison
from grader.judge.comparisons.bound import Bound
from grader.judge.comparisons.close import Close
from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import text_of
from grader.judge.inputs import Inputs
from grader.model.assignment import Case
from grader.model.grade import HINT, Outcome, Status
from grader.model.wire_format import DATA, RawArray

CASE = Case("tanh", "slope", "slope", "literals", {}, compare="close")


def digest(value: object) -> str:
    text, _ = text_of(value)
    raw = RawArray(DATA, (len(text),), text.encode())
    return Close().digest(CASE, Outcome(Status.OK, arrays=(raw,)))


def test_a_number_is_known_by_its_first_digits_whatever_rounding_makes_of_the_others() -> None:
    assert digest(1.2345678) == digest(1.2345678 * (1 + 1e-12)) != digest(1.23460)
    assert not digest(1.2345678).startswith(HINT)


@pytest.mark.parametrize("value", [0.0, 0.5, -2.0, 1e-9])
def test_a_number_of_few_digits_is_only_a_hint(value: float) -> None:
    assert digest(value).startswith(HINT)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.5, 2.5], "1.5", None, 3, True])
def test_anything_else_is_not_compared(value: object) -> None:
    assert digest(value) == ""


def is_right(comparison: Comparison, expected: Sequence[float], actual: Sequence[float], dtype: str) -> bool:
    """Whether a result is accepted where the inputs, and so the reference's answer, have the dtype."""
    answer = (np.array(expected, dtype),)
    inputs = Inputs({}, {"x": answer[0]}, {"x": ()})
    bounds = comparison.bounds(CASE, inputs, answer, lambda _: answer)
    return first_difference(Expected(answer, bounds), [np.array(actual, dtype)], "") is None


@pytest.mark.parametrize("comparison", [Close(), Bound()], ids=["close", "bound"])
@pytest.mark.parametrize("dtype", ["int64", "uint64"])
@pytest.mark.parametrize("number", [2_000_000, 2**60])
def test_a_whole_number_may_be_off_by_nothing(comparison: Comparison, dtype: str, number: int) -> None:
    assert is_right(comparison, [number], [number], dtype)
    assert not is_right(comparison, [number], [number + 1], dtype)


def test_a_stated_tolerance_is_for_real_numbers_alone() -> None:
    case = replace(CASE, options={"tolerance": 0.1})
    answer = np.array([1000]), np.array([1000.0])
    expected = Expected(answer, Close().bounds(case, Inputs({}, {}, {}), answer, lambda _: answer))

    assert first_difference(expected, [np.array([1000]), np.array([1050.0])], "") is None
    assert first_difference(expected, [np.array([1001]), np.array([1050.0])], "") is not None


@pytest.mark.parametrize("comparison", [Close(), Bound()], ids=["close", "bound"])
@pytest.mark.parametrize("dtype", ["float16", "float64", "complex64", "complex128"])
def test_a_number_may_be_off_by_some_roundings_of_its_own_dtype(comparison: Comparison, dtype: str) -> None:
    step = float(np.finfo(dtype).eps)
    assert is_right(comparison, [1.0], [1 + step], dtype)
    assert not is_right(comparison, [1.0], [1 + 32 * step], dtype)
