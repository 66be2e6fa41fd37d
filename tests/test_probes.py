"""The probes of our assignments accept NumPy arrays wherever they accept NDArrays."""

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

ASSIGNMENTS = Path(__file__).parents[1] / "assignments"


class Given(np.ndarray):
    """An array that a submission is given."""

    def numpy(self) -> Any:
        return np.array(self)


SUBMISSION = SimpleNamespace(
    array=lambda values: np.array(values).view(Given),
    pad=lambda a, padding: np.pad(np.asarray(a), padding),
    flip=lambda a, axes: np.flip(np.asarray(a), axes),
    undilate=lambda a, axes, dilation: np.asarray(a)[:: dilation + 1],
    global_average_pool_grad=lambda out_grad, shape: np.full(shape, 2.0),
)
A = np.arange(4.0)


@pytest.mark.parametrize(
    ("name", "probe", "case", "expected"),
    [
        ("conv_forward", "a_after_overwriting_pad", {"a": A, "padding": [[1, 0]]}, (A, [0, 0, 1, 2, 3])),
        (
            "conv_backward",
            "views_after_writing",
            {"a": A, "axes": [0], "dilation": 1},
            ([103, 102, 101, 100], [100, 102]),
        ),
        (
            "pool_norm",
            "global_average_pool_grad",
            {"out_grad": np.ones((1, 1)), "x": np.ones((1, 2, 1))},
            ([[[2], [2]]], [[[99], [2]]]),
        ),
    ],
)
def test_a_result_may_be_a_numpy_array(name: str, probe: str, case: dict[str, Any], expected: Any) -> None:
    function = run_path(str(ASSIGNMENTS / name / "probes.py"))[probe]

    for actual, value in zip(function(SUBMISSION, SimpleNamespace(**case)), expected, strict=True):
        np.testing.assert_array_equal(actual, value)
