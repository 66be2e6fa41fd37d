"""NumPy arrays in place of an NDArray, for a course that has no NDArray.

It defines the names that `grader.worker.student_module` needs from the package `ndarray`.
"""

from typing import Any

import numpy as np

NDArray = np.ndarray  # a submission gets and returns NumPy's arrays


def cpu() -> str:
    """The only device."""
    return "cpu"


def array(values: Any, device: str, dtype: str) -> "np.ndarray[Any, Any]":
    """A new array of `dtype`, for any layout of `values`."""
    return np.array(values, dtype=dtype)
