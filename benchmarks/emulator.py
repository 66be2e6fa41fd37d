"""Times the emulator on compiling and running a tiled product, against Numba's CUDA simulator."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.table import Table
from reference.emulator import Fresh, Module

ABOUT = """\
A matrix product in float32, tiled 16 × 16 through shared memory, on `reference.emulator`, and the same kernel
in Python on Numba's CUDA simulator. Times are wall time: the shortest of several runs after a warm-up, or one
run for Numba. "All checks" finds accesses out of bounds, unwritten memory, races and missed barriers, and
counts transactions and bank conflicts, in one order of threads on one core. "No checks" uses all cores if a
launch is long. The goals: a cold compilation takes less than 1,500 ms with the emulator's runtime, and less
than 800 ms once the runtime is compiled; 256 × 256 × 256 takes less than 100 ms without checks and 500 ms
with all of them; and the emulator is at least 50 times as fast as the simulator."""
TILE = 16
SOURCE = """
__global__ void tiled(const float *a, const float *b, float *c, int m, int k, int n)
{
    __shared__ float a_tile[16][16], b_tile[16][16];
    int x = threadIdx.x, y = threadIdx.y, row = blockIdx.y * 16 + y, column = blockIdx.x * 16 + x;
    float sum = 0;
    for (int t = 0; t < k; t += 16) {
        a_tile[y][x] = row < m && t + x < k ? a[row * k + t + x] : 0;
        b_tile[y][x] = t + y < k && column < n ? b[(t + y) * n + column] : 0;
        __syncthreads();
        for (int i = 0; i < 16; ++i)
            sum += a_tile[y][i] * b_tile[i][x];
        __syncthreads();
    }
    if (row < m && column < n)
        c[row * n + column] = sum;
}
"""


def measure() -> Table:
    """The table: milliseconds, and the goals."""
    rows = [*compilation()]
    for size, rounds in ((128, 7), (256, 5)):
        for name, run in launches(operands(size, size, size)).items():
            rows.append((f"{size} × {size} × {size}, {name}", milliseconds(shortest(run, rounds)), ""))
    small = operands(33, 29, 41)
    ours = {name: shortest(run, 7) for name, run in launches(small).items()}
    theirs = shortest(lambda: simulated(*small), 1)
    rows += [
        (f"33 × 29 × 41, {name}", milliseconds(time), f"{theirs / time:.0f}") for name, time in ours.items()
    ]
    rows.append(("33 × 29 × 41, Numba's simulator", milliseconds(theirs), "1"))
    return Table("CUDA C++ on the CPU", ABOUT, ("what", "ms", "times as fast as Numba"), tuple(rows))


def compilation() -> list[tuple[str, str, str]]:
    """Compile times: with an empty folder; for a second source, with the runtime there; from the cache."""
    cold, second, cached = [], [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(timed(lambda: Module(SOURCE, folder=Path(folder))))
            second.append(timed(lambda: Module(SOURCE + "// changed", folder=Path(folder))))
            cached.append(timed(lambda: Module(SOURCE, folder=Path(folder))))
    return [
        ("compile, checked, with the runtime", milliseconds(min(cold)), ""),
        ("compile, checked, another source", milliseconds(min(second)), ""),
        ("compile what is cached", milliseconds(min(cached)), ""),
    ]


def operands(m: int, k: int, n: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Two matrices of small integers."""
    rng = np.random.default_rng(0)
    return rng.integers(-8, 9, (m, k)).astype("f"), rng.integers(-8, 9, (k, n)).astype("f")


def launches(
    matrices: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
) -> dict[str, Callable[[], Any]]:
    """Times of the product without checks and with all of them; each run's result is verified."""
    a, b = matrices
    (m, k), n = a.shape, b.shape[1]

    def run(module: Module, **how: Any) -> None:
        c = np.zeros((m, n), "f")
        out = Fresh(c) if module.with_checks else c
        result = module.launch("tiled", grid(m, n), (TILE, TILE), [a, b, out, m, k, n], **how)
        assert not result.findings and np.array_equal(a @ b, c)

    fast, checked = Module(SOURCE, with_checks=False), Module(SOURCE)
    return {
        "no checks": lambda: run(fast),
        "all checks": lambda: run(checked, count_transactions=True),
    }


def simulated(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> None:
    """The same kernel on Numba's simulator, which its import switches on for the whole process."""
    from benchmarks.simulator import tiled

    c = np.zeros((a.shape[0], b.shape[1]), "f")
    tiled[grid(*c.shape), (TILE, TILE)](a, b, c)
    assert np.array_equal(a @ b, c)


def grid(m: int, n: int) -> tuple[int, int]:
    """The grid of tiles that covers the result."""
    return -(-n // TILE), -(-m // TILE)


def shortest(function: Callable[[], Any], rounds: int) -> float:
    """The shortest wall time in seconds; with more than one round, the first is a warm-up."""
    if rounds > 1:
        function()
    return min(timed(function) for _ in range(rounds))


def timed(function: Callable[[], Any]) -> float:
    """Wall time in seconds."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def milliseconds(seconds: float) -> str:
    """A time as the table shows it."""
    return f"{seconds * 1e3:.1f}"
