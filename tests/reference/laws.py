"""States laws over many examples: with hypothesis, or as a skip if it is not installed.

`make gpu-all` runs the laws of the GPU's backend on machines that have NumPy, pytest and CuPy alone.
"""

import math
from typing import Any

import numpy as np
import pytest

from reference.ndarray import NDArray, array

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp
except ImportError:

    class _Anything:
        """Stands where a strategy would, and draws nothing."""

        def __getattr__(self, name: str) -> Any:
            return self

        def __call__(self, *args: Any, **options: Any) -> Any:
            return self

    def _skip(*args: Any, **options: Any) -> Any:
        return pytest.mark.skip(reason="hypothesis is not installed, which draws the examples of this law")

    def _as_it_is(*args: Any, **options: Any) -> Any:
        return lambda test: test

    given, settings = _skip, _as_it_is  # type: ignore[assignment,misc]
    st = hnp = _Anything()  # type: ignore[assignment]

__all__ = ["assert_same", "given", "hnp", "numbered", "settings", "st"]


def assert_same(expected: np.ndarray, actual: NDArray) -> None:
    """Shape, dtype and every value are equal."""
    assert expected.shape == actual.shape
    assert expected.dtype.name == actual.dtype
    np.testing.assert_array_equal(expected, actual.numpy())


def numbered(shape: tuple[int, ...], dtype: str = "float32") -> tuple[Any, Any]:
    """The same numbers 1, 2, ... as a NumPy array and as an NDArray."""
    host = np.arange(1, 1 + math.prod(shape), dtype=dtype).reshape(shape)
    return host, array(host)
