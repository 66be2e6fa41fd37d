"""An answer with few different numbers is only a hint, even if they repeat often."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.judge.differences.probe_values import FEW, answer_of
from grader.model.grade import BLANK, HINT
from grader.model.wire_format import RawArray

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 3.0, np.inf, np.nan])


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, min_side=0), elements=NUMBERS))
def test_zeros_do_not_count_and_nan_counts_once(array: np.ndarray[Any, Any]) -> None:
    different = len(np.unique(array[array != 0]))
    answer = answer_of([RawArray(array.dtype.str, array.shape, array.tobytes())])
    assert answer.startswith(HINT) == (different < FEW)


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, min_side=0), elements=NUMBERS))
def test_an_answer_is_blank_if_no_number_was_computed(array: np.ndarray[Any, Any]) -> None:
    answer = answer_of([RawArray(array.dtype.str, array.shape, array.tobytes())])
    assert answer.startswith(BLANK) == all(not np.isfinite(x) or x == 0 for x in array.flat)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_all_nans_are_one_answer(dtype: str) -> None:
    """The sign of 0 * inf differs between processors, and between `-a / b` and `a / -b`."""
    numbers = np.array([1, 2, 3, np.nan, 5], dtype)
    turned = numbers.copy()
    np.negative(turned, out=turned, where=np.isnan(turned))
    assert numbers.tobytes() != turned.tobytes()
    one, other = (answer_of([RawArray(a.dtype.str, a.shape, a.tobytes())]) for a in (numbers, turned))
    assert one == other
