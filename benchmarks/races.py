"""Scores the race detector on labeled kernels: `make bench NAME=races`, or `python -m benchmarks races`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.race_forms import HEADERS
from benchmarks.race_suite import BLOCKS, ELEMENTS, THREADS, Labeled, suite
from benchmarks.table import Table
from reference.emulator import Module, Run

SCHEDULES = 8
ABOUT = """\
The suite (`benchmarks/race_suite.py` and `race_forms.py`) contains kernels with a race, each with a twin
without one. There are sums, histograms, lists, bytes and more, each naive, strided, in chunks, backward, by
an atomic counter, by warps and in one block. There are also trees, halos, tiles, scans, locks, flags, last
blocks, scopes and memory orders of atomic operations, groups of threads, buffers used twice, and parts of
words. A kernel counts as accused if a checked run in 8 orders finds a `race`. Precision is the share of
accused kernels that have a race. Recall is the share of kernels with a race that are accused.
`python -m benchmarks races` measures this and writes it here.
"""
ALWAYS_THE_SAME = True  # the same on every machine, so it is always written


@dataclass(frozen=True)
class Verdict:
    """The result of a checked run of one kernel: whether it found a race, and its other findings."""

    labeled: Labeled
    accused: bool
    others: tuple[str, ...]


def measure() -> Table:
    """The table: number of kernels, precision and recall."""
    with tempfile.TemporaryDirectory() as folder:
        verdicts = judged(suite(), Path(folder))
    return Table("Races found", ABOUT, ("what", "value"), tuple(rows(verdicts)))


def rows(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    """Counts, precision, recall, and the wrong verdicts by name."""
    racy = [one for one in verdicts if one.labeled.is_racy]
    accused = [one for one in verdicts if one.accused]
    right = [one for one in accused if one.labeled.is_racy]
    missed = [one.labeled.title for one in racy if not one.accused]
    wrongly_accused = [one.labeled.title for one in accused if not one.labeled.is_racy]
    return [
        ("kernels with a race", str(len(racy))),
        ("kernels without", str(len(verdicts) - len(racy))),
        ("precision", f"{len(right) / len(accused):.3f}"),
        ("recall", f"{len(right) / len(racy):.3f}"),
        ("races not found", ", ".join(missed) or "none"),
        ("accused without a race", ", ".join(wrongly_accused) or "none"),
    ]


def judged(kernels: Sequence[Labeled], folder: Path) -> list[Verdict]:
    """The emulator's verdict on each kernel; all are compiled as one file, in `folder`."""
    module = Module(HEADERS + "".join(one.source for one in kernels), "suite.cu", folder=folder)
    return [verdict(module, one) for one in kernels]


def verdict(module: Module, labeled: Labeled) -> Verdict:
    """The emulator's verdict on one kernel."""
    kinds = [finding.kind for finding in run_of(module, labeled).findings]
    return Verdict(labeled, "race" in kinds, tuple(kind for kind in kinds if kind != "race"))


def run_of(module: Module, labeled: Labeled) -> Run:
    """A checked run on random numbers; all memory has a value."""
    a = np.random.default_rng(0).integers(1, 100, ELEMENTS).astype("int32")
    x, cells = np.zeros(ELEMENTS, "int32"), np.zeros(8 + ELEMENTS, "int32")
    memory: list[Any] = [a, x, np.zeros(ELEMENTS, "uint8"), cells, np.int32(ELEMENTS)]
    return module.check(labeled.kernel, BLOCKS, THREADS, memory, schedules=SCHEDULES)
