"""Runs every benchmark and writes docs/benchmarks.md: `make bench`, or `python -m benchmarks [NAME...]`.

With names it runs only those and prints them. It writes those that are the same on every machine; with
`--write` it writes each, so the page should be of one machine.
A benchmark is a module of this package with a function `measure() -> Table`; to add one, add its name here.
Each has its own section of the page, and runs in its own process, because what one imports or sets would
change another: Numba, for instance, reads once whether its CUDA simulator is wanted.
`gpu` and `gpu_family` run with the rest if a GPU is available.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.own_process import in_own_process
from benchmarks.page import write

BENCHMARKS = (
    "convolution",
    "convolution_family",
    "arrays",
    "emulator",
    "races",
    "grading",
    "batch",
    "startup",
    "handout",
)


def main(names: list[str]) -> None:
    """Run the named benchmarks and print them; without names run all. Write docs/benchmarks.md."""
    writes = "--write" in names
    names = [name for name in names if name != "--write"]
    # Read when NumPy is first imported, by what is imported below. A setting for OpenBLAS alone, such as an
    # older processor to compute for, would hold back NumPy and not the libraries that it is compared to.
    for name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
        del os.environ[name]
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    sections = []
    for name in names or (*BENCHMARKS, *gpu_benchmarks()):
        table, always_the_same = in_own_process(f"benchmarks.{name}")
        print(table.markdown(), flush=True)
        sections.append(table.markdown())
        if names and (writes or always_the_same):
            write(table.markdown())
    if not names:
        for section in (f"## The machine\n\n{surroundings()}", *sections):
            write(section)


def gpu_benchmarks() -> tuple[str, ...]:
    """The benchmarks for this machine's GPU; none if there is no GPU."""
    from reference.ndarray import cuda

    try:
        cuda()
    except RuntimeError:
        return ()
    return ("gpu", "gpu_family")


def surroundings() -> str:
    """The environment, one line each: the processor, Python, and the libraries compared."""
    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    lines = [
        f"processor: {processor()}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__} with {blas['name']} {blas['version']}",
        "`OPENBLAS_*` settings that hold back NumPy alone are dropped",
        f"torch {version('torch')}",
        f"Numba {version('numba')}",
    ]
    if not gpu_benchmarks():
        lines.append("no GPU: nothing was measured on one")
    return "".join(f"- {line}\n" for line in lines)


def processor() -> str:
    """The processor's name, if the system reports it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main(sys.argv[1:])
