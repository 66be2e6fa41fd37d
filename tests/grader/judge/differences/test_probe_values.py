"""An answer with few different numbers is only a hint, even if they repeat often."""

from typing import Any

import numpy as np
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
