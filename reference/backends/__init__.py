"""Devices: places where a buffer lives, each with the flat-buffer operations that work there.

A backend is a module or an object with the operations of `operations.py`. `numpy.py` also has `sum_axes` and
`max_axes`, which avoid a copy or many calls on the CPU.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from . import numpy as numpy_backend
from .operations import Operations


@dataclass(frozen=True)
class Device:
    """A name, the operations on that device, and whether it is the CPU itself, with NumPy's buffers."""

    name: str
    ops: Operations
    is_host: bool = False

    def __repr__(self) -> str:
        return f"{self.name}()"


def cpu() -> Device:
    """The CPU, through NumPy."""
    return Device("cpu", numpy_backend, is_host=True)


@functools.cache
def cuda() -> Device:
    """The NVIDIA GPU that CuPy has chosen. RuntimeError, with the reason, if none is available."""
    from . import cupy  # here and not above: it costs time, and cpu() does not need it

    return Device("cuda", cupy.operations())


@functools.cache
def emulated(with_checks: bool = True) -> Device:
    """The kernels that cuda() runs, on the CPU. RuntimeError if there is no C++ compiler.

    With checks, a bug that a GPU would let pass (out of bounds, a race, memory never written, ...) raises a
    KernelBug; without checks, kernels are several times faster.
    """
    from .emulator import operations

    return Device("emulated", operations(with_checks))
