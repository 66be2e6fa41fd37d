"""Devices: where a buffer lives, and the flat-buffer operations that work there.

A backend, a module or an object, has these names; `backends/numpy.py` says what each does. A *view* of a
buffer is its strides and its offset, in elements, and where it stands alone its shape.

    BLOCK                                                                a number of elements
    empty(size, dtype) -> buffer
    from_host(values, out), to_host(a) -> np.ndarray
    fill(value, out)
    compact(a, shape, strides, offset, out)
    assign(a, out, shape, strides, offset)
    assign_scalar(value, out, shape, strides, offset)
    accumulate(a, a_strides, a_offset, out, out_strides, out_offset, shape)
    strided(a, shape, strides, offset) -> the device's own kind of array, over the same memory
    from_dlpack(exporter) -> (buffer, shape, strides, offset), over the same memory
    add, subtract, multiply, divide, power, maximum, equal, greater_equal (a, b, out); one may be a number
    negative, log, exp, tanh (a, out)
    sum_rows, max_rows (a, row_length, out)
    matmul(a, a_strides, a_offset, b, b_strides, b_offset, m, k, n, out, out_offset=0, accumulate=False)

On the CPU alone, where the operations above would cost a copy or many calls:

    add ... tanh, of views that `strided` makes
    sum_axes, max_axes (a, shape, strides, offset, axes, out)
    sum_products(a, a_strides, a_offset, b, b_strides, b_offset, outer, inner, m, k, n, out)
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from . import numpy as numpy_backend

if TYPE_CHECKING:
    from .cupy import KernelOperations


@dataclass(frozen=True)
class Device:
    """A name, and the flat-buffer operations (`backends/numpy.py` lists them) for that device."""

    name: str
    ops: ModuleType | KernelOperations

    def __repr__(self) -> str:
        return f"{self.name}()"


def cpu() -> Device:
    """The CPU, through NumPy."""
    return Device("cpu", numpy_backend)


@functools.cache
def cuda() -> Device:
    """The NVIDIA GPU that CuPy has chosen. RuntimeError, with the reason, where there is none to be had."""
    from . import cupy  # here and not above: it costs time, and cpu() has no need of it

    return Device("cuda", cupy.operations())


@functools.cache
def emulated(checked: bool = True) -> Device:
    """The kernels that cuda() runs, on the CPU. RuntimeError where there is no C++ compiler to compile them.

    Checked, a kernel that a GPU would let pass (out of bounds, a race, memory never written, ...) raises a
    KernelBug; without checks it is several times faster.
    """
    from .emulator import operations

    return Device("emulated", operations(checked))
