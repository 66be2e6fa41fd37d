"""Fixtures for the tests of the reference: fresh memory that holds NaN, and arrays that hide their layout."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.ndarray import NDArray, array

MakeView = Callable[[np.ndarray, np.random.Generator], NDArray]


@pytest.fixture(autouse=True)
def poisoned_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh memory is NaN everywhere, so a result that was not written in full cannot pass."""
    allocate = np.empty

    def empty(*args: Any, **options: Any) -> np.ndarray:
        out = allocate(*args, **options)
        if out.dtype.kind == "f":
            out[...] = np.nan
        return out

    monkeypatch.setattr(np, "empty", empty)


@pytest.fixture(scope="session")
def awkward_view() -> MakeView:
    """Makes a view of given values: permuted, in steps of -2 to 2, offset not 0, NaN between its elements."""

    def make(values: np.ndarray, rng: np.random.Generator) -> NDArray:
        order = rng.permutation(values.ndim)
        memory = np.transpose(values, order)
        steps = rng.choice([-2, -1, 1, 2], size=values.ndim).tolist()
        spaced = np.full([1 + abs(k) * n for k, n in zip(steps, memory.shape, strict=True)], np.nan)
        place = tuple(slice(1, None, k) if k > 0 else slice(None, 0, k) for k in steps)
        spaced[place] = memory
        view = array(spaced, dtype=values.dtype.name)[place].permute(np.argsort(order).tolist())
        np.testing.assert_array_equal(values, view.numpy())
        return view

    return make
