"""Measures a benchmark in a process of its own, so that nothing it imports or sets changes another."""

from __future__ import annotations

import importlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from benchmarks.table import Table


def in_own_process(module: str) -> tuple[Table, bool]:
    """The table of the benchmark in `module`, and whether it is the same on every machine."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_measure, module).result()


def _measure(module: str) -> tuple[Table, bool]:
    benchmark = importlib.import_module(module)
    return benchmark.measure(), getattr(benchmark, "ALWAYS_THE_SAME", False)
