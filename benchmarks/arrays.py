"""Times NDArray's operations on the CPU, against the same calls of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.table import Table
from benchmarks.timing import best_times
from reference.ndarray import array

ABOUT = """\
`reference.ndarray` on `cpu()` against NumPy itself, one thread, float32, a million elements. Every result is
a new array. The goal is a ratio of at most 1.3 for `compact`, elementwise operations and reductions."""


def measure() -> Table:
    """The table: milliseconds for each library, and the ratio of ours to NumPy's."""
    rows = []
    for name, (ours, numpys) in contenders().items():
        np.testing.assert_allclose(ours().numpy(), numpys(), rtol=1e-4, err_msg=name)
        best = best_times({"ours": ours, "numpys": numpys}, seconds=0.5)
        mine, theirs = best["ours"], best["numpys"]
        rows.append((name, f"{mine * 1e3:.3f}", f"{theirs * 1e3:.3f}", f"{mine / theirs:.2f}"))
    return Table("NDArray on the CPU", ABOUT, ("operation", "ms", "NumPy ms", "ratio"), tuple(rows))


def contenders() -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """For each operation, our way to do it and NumPy's."""
    rng = np.random.default_rng(0)
    x, y, wide = (rng.random(shape, "float32") + 0.5 for shape in [(1000, 1000)] * 2 + [(2000, 2000)])
    cube = x.reshape(100, 100, 100)
    a, b, c, w = (array(values) for values in (x, y, cube, wide))
    row = array(x[0])
    return {
        "compact, transposed": (lambda: a.permute((1, 0)).compact(), lambda: np.ascontiguousarray(x.T)),
        "compact, flipped": (
            lambda: a[::-1, ::-1].compact(),
            lambda: np.ascontiguousarray(x[::-1, ::-1]),
        ),
        "compact, every second": (
            lambda: w[::2, ::2].compact(),
            lambda: np.ascontiguousarray(wide[::2, ::2]),
        ),
        "a + b": (lambda: a + b, lambda: x + y),
        "a * 2": (lambda: a * 2, lambda: x * np.float32(2)),
        "a / b": (lambda: a / b, lambda: x / y),
        "a ** 3": (lambda: a**3, lambda: np.power(x, np.float32(3))),
        "a >= b": (lambda: a >= b, lambda: (x >= y).astype("float32")),
        "a.maximum(b)": (lambda: a.maximum(b), lambda: np.maximum(x, y)),
        "a.exp()": (lambda: a.exp(), lambda: np.exp(x)),
        "a.log()": (lambda: a.log(), lambda: np.log(x)),
        "a.tanh()": (lambda: a.tanh(), lambda: np.tanh(x)),
        "a.sum()": (lambda: a.sum(), lambda: x.sum()),
        "a.sum(0)": (lambda: a.sum(0), lambda: x.sum(0)),
        "a.sum(1)": (lambda: a.sum(1), lambda: x.sum(1)),
        "sum(1) of 100 x 100 x 100": (lambda: c.sum(1), lambda: cube.sum(1)),
        "sum((0, 2)) of 100 x 100 x 100": (lambda: c.sum((0, 2)), lambda: cube.sum((0, 2))),
        "a.max()": (lambda: a.max(), lambda: x.max()),
        "a.max(0)": (lambda: a.max(0), lambda: x.max(0)),
        "a.max(1)": (lambda: a.max(1), lambda: x.max(1)),
        "a + row, which broadcasts": (lambda: a + row, lambda: x + x[0]),
    }
