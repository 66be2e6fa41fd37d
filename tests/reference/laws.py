"""States laws over many examples: with hypothesis, or as a skip if it is not installed.

`make gpu-all` runs the laws of the GPU's backend on machines that have NumPy, pytest and CuPy alone.
"""

from typing import Any

import pytest

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

__all__ = ["given", "hnp", "settings", "st"]
