"""The flat-buffer operations as CUDA kernels, for any device that can run them.

The arithmetic is in `kernels/*.cu`. This module is the host's side: it chooses the kernel, the number of
threads, and the arguments.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .view import View

Buffer: TypeAlias = Any  # the device decides
Shape: TypeAlias = tuple[int, ...]
Grid: TypeAlias = tuple[int, ...]
Arguments: TypeAlias = Sequence[Any]
"""A kernel's arguments: a buffer, None (a null pointer), a NumPy scalar, or an array of one struct."""

KERNELS = Path(__file__).with_name("kernels")
THREADS = 256  # of a block, whatever the kernel
MAX_AXES = 8
VIEW = np.dtype(  # struct View of strided.cu: 64-bit integers only, so that no compiler pads it
    [("ndim", "i8"), ("shape", "i8", MAX_AXES), ("strides", "i8", MAX_AXES), ("offset", "i8")]
)
MATRIX = np.dtype([("row_stride", "i8"), ("column_stride", "i8"), ("offset", "i8")])  # of matmul.cu
LONG_ROW = 4096  # a reduction cuts longer rows into parts if there are few rows
ENOUGH_BLOCKS = 512  # keeps a large GPU busy; the same for every GPU, as results would depend on it
REAL = {"float32": "float", "float64": "double"}


def source_of(file: str) -> str:
    """The text of a file of kernels. RuntimeError if this copy of the library has none."""
    if not KERNELS.is_dir():
        raise RuntimeError(
            f"this copy of the library has no {KERNELS.name}/*.cu, so its arrays compute only on cpu()"
        )
    return (KERNELS / file).read_text(encoding="utf-8")


class KernelOperations(ABC):
    """The operations of `backends/numpy.py`, as kernels of `kernels/`, for any device that can run them.

    The device implements what is abstract here: how to launch a kernel, and how to handle its buffers.
    """

    BLOCK = 2**23
    """The largest intermediate result, in elements, if work is split into blocks: 32 MiB of float32."""

    @abstractmethod
    def launch(self, kernel: str, dtype: str, blocks: Grid, threads: Grid, arguments: Arguments) -> None:
        """Run a kernel, named as in "fill.cu:fill", for elements of a dtype. `blocks` are never 0."""

    @abstractmethod
    def empty(self, size: int, dtype: str) -> Buffer:
        """A buffer of `size` arbitrary elements."""

    @abstractmethod
    def from_host(self, values: npt.NDArray[Any], out: Buffer) -> None:
        """Copy a one-dimensional NumPy array into a buffer of this device."""

    @abstractmethod
    def to_host(self, a: Buffer) -> npt.NDArray[Any]:
        """The buffer as a one-dimensional NumPy array, which may share its memory."""

    @abstractmethod
    def strided(self, a: Buffer, shape: Shape, strides: Shape, offset: int) -> Any:
        """A strided view as this device's own kind of array: it shares the memory and supports DLPack."""

    @abstractmethod
    def from_dlpack(self, exporter: Any) -> tuple[Buffer, Shape, Shape, int]:
        """A buffer over the memory of any object on this device that supports DLPack, and its view of it."""

    def fill(self, value: float, out: Buffer) -> None:
        """Set every element to one value."""
        self._one_thread_each("fill.cu:fill", out, out.size, scalar(value, out), out)

    def compact(self, a: Buffer, shape: Shape, strides: Shape, offset: int, out: Buffer) -> None:
        """Gather a strided view of `a` into `out`, in row-major order."""
        self._one_thread_each(
            "strided.cu:compact", out, out.size, view_struct(shape, strides, offset), self._as(a, out), out
        )

    def assign(self, a: Buffer, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
        """Scatter `a`, in row-major order, over a strided view of `out`. The two buffers are not the same."""
        place = view_struct(shape, strides, offset)
        self._one_thread_each("strided.cu:assign", out, a.size, place, self._as(a, out), out)

    def assign_scalar(self, value: float, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
        """Set every element of a strided view of `out` to one value."""
        place = view_struct(shape, strides, offset)
        self._one_thread_each(
            "strided.cu:assign_scalar", out, math.prod(shape), place, scalar(value, out), out
        )

    def accumulate(
        self,
        a: Buffer,
        a_strides: Shape,
        a_offset: int,
        out: Buffer,
        out_strides: Shape,
        out_offset: int,
        shape: Shape,
    ) -> None:
        """Add a strided view of `a` to one of `out` with the same shape; the rest of `out` is unchanged.

        The view of `out` has no element twice, and the two buffers are not the same.
        """
        views = view_struct(shape, a_strides, a_offset), view_struct(shape, out_strides, out_offset)
        self._one_thread_each("strided.cu:accumulate", out, math.prod(shape), *views, self._as(a, out), out)

    def add(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """a + b."""
        self._elementwise("add", (a, b), out)

    def subtract(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """a - b."""
        self._elementwise("subtract", (a, b), out)

    def multiply(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """a * b."""
        self._elementwise("multiply", (a, b), out)

    def divide(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """a / b."""
        self._elementwise("divide", (a, b), out)

    def power(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """a to the power of b."""
        self._elementwise("power", (a, b), out)

    def maximum(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """The larger of the two; NaN where either is NaN."""
        self._elementwise("maximum", (a, b), out)

    def equal(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """1 where a == b, 0 elsewhere."""
        self._elementwise("equal", (a, b), out)

    def greater_equal(self, a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
        """1 where a >= b, 0 elsewhere."""
        self._elementwise("greater_equal", (a, b), out)

    def negative(self, a: Buffer, out: Buffer) -> None:
        """The negative of a."""
        self._one_thread_each("elementwise.cu:negative", out, out.size, self._as(a, out), out)

    def log(self, a: Buffer, out: Buffer) -> None:
        """The natural logarithm."""
        self._one_thread_each("elementwise.cu:logarithm", out, out.size, self._as(a, out), out)

    def exp(self, a: Buffer, out: Buffer) -> None:
        """e to the power of a."""
        self._one_thread_each("elementwise.cu:exponential", out, out.size, self._as(a, out), out)

    def tanh(self, a: Buffer, out: Buffer) -> None:
        """The hyperbolic tangent."""
        self._one_thread_each("elementwise.cu:hyperbolic_tangent", out, out.size, self._as(a, out), out)

    def sum_rows(self, a: Buffer, row_length: int, out: Buffer) -> None:
        """Sum each of the out.size rows of `a`; the sum of an empty row is 0."""
        self._reduce("reduce.cu:sum_rows", a, row_length, out)

    def max_rows(self, a: Buffer, row_length: int, out: Buffer) -> None:
        """The largest element of each of the out.size rows of `a`, which are not empty."""
        self._reduce("reduce.cu:max_rows", a, row_length, out)

    def matmul(self, a: View, b: View, out: Buffer, out_offset: int = 0, accumulate: bool = False) -> None:
        """The product of two matrices, (m, k) and (k, n), in row-major order from `out_offset` on.

        `accumulate` adds it to what is there. The rest of `out` is unchanged; it is not a's or b's buffer.
        """
        (m, k), n = a.shape, b.shape[1]
        if m * n == 0:
            return
        largest = 128 if out.dtype == "float32" else 64  # 8 x 8 doubles a thread are more than its registers
        tile = largest if min(m, n) > 64 else 64 if min(m, n) > 16 else 16
        tiles = ceil_div(m, tile) * ceil_div(n, tile)
        # Few tiles, long sums: cut the sums, for more blocks. A part of 512 is long enough to be worthwhile.
        parts = pieces(k, max(512, ceil_div(k, ceil_div(ENOUGH_BLOCKS, tiles))))
        factors: list[Any] = [np.int64(size) for size in (m, k, n, parts)]
        factors += [matrix_struct(a), self._as(a.buffer, out)]
        factors += [matrix_struct(b), self._as(b.buffer, out)]
        place = [np.int64(out_offset), np.bool_(accumulate), out]
        kernel, dtype = f"matmul.cu:matmul_{tile}", str(out.dtype)
        if parts == 1:
            self.launch(kernel, dtype, (tiles,), (16, 16), [*factors, *place])
            return
        products = self.empty(parts * m * n, dtype)
        at_the_start = [np.int64(0), np.bool_(False), products]
        self.launch(kernel, dtype, (tiles * parts,), (16, 16), [*factors, *at_the_start])
        self._one_thread_each("matmul.cu:sum_parts", out, m * n, np.int64(parts), products, *place)

    def _as(self, a: Buffer, out: Buffer) -> Buffer:
        """The buffer, or a copy, in the dtype of `out`: the dtype that the kernel reads."""
        if a.dtype == out.dtype:
            return a
        converted = self.empty(a.size, str(out.dtype))
        kernel = "convert.cu:widen" if out.dtype == "float64" else "convert.cu:narrow"
        self._one_thread_each(kernel, converted, a.size, a, converted)
        return converted

    def _one_thread_each(self, kernel: str, out: Buffer, size: int, *arguments: Any) -> None:
        """Launch a kernel with a thread for each of `size` elements; for none, launch nothing."""
        if size:
            blocks = (ceil_div(size, THREADS),)
            self.launch(kernel, str(out.dtype), blocks, (THREADS,), [np.int64(size), *arguments])

    def _elementwise(self, operation: str, operands: Sequence[Buffer | float], out: Buffer) -> None:
        """Launch with each operand as a buffer and a number. One of the two is unused."""
        kernel_arguments: list[Any] = []
        for operand in operands:
            is_number = isinstance(operand, int | float)
            kernel_arguments += (
                [None, scalar(operand, out)] if is_number else [self._as(operand, out), scalar(0, out)]
            )
        self._one_thread_each(f"elementwise.cu:{operation}", out, out.size, *kernel_arguments, out)

    def _reduce(self, kernel: str, a: Buffer, row_length: int, out: Buffer) -> None:
        """Reduce each row to one number; for few long rows, first reduce their parts, then the results."""
        rows = out.size
        if rows == 0:
            return
        parts = pieces(row_length, max(LONG_ROW, ceil_div(row_length, ceil_div(ENOUGH_BLOCKS, rows))))
        target = out if parts == 1 else self.empty(rows * parts, str(out.dtype))
        # A block is as wide as a part and has a row of threads for each row: short rows share a block.
        width = power_of_two(ceil_div(row_length, parts))
        height = min(THREADS // width, power_of_two(rows * parts))
        sizes = map(np.int64, (rows, row_length, parts))
        blocks = (ceil_div(rows * parts, height),)
        self.launch(kernel, str(out.dtype), blocks, (width, height), [*sizes, self._as(a, out), target])
        if parts > 1:
            self._reduce(kernel, target, parts, out)


def scalar(value: float, out: Buffer) -> Any:
    """A number for a kernel, in the type of the elements."""
    return np.dtype(str(out.dtype)).type(value)


def view_struct(shape: Shape, strides: Shape, offset: int) -> npt.NDArray[Any]:
    """A strided view as the struct that kernels take. ValueError if it has too many axes.

    Axes of length 1 are dropped, and neighboring axes with one common step in memory are merged, because
    every axis costs each thread a division.
    """
    runs: list[tuple[int, int]] = []
    for n, step in zip(shape, strides, strict=True):
        if n == 1:
            continue
        if runs and runs[-1][1] == n * step:
            runs[-1] = (runs[-1][0] * n, step)
        else:
            runs.append((n, step))
    if len(runs) > MAX_AXES:
        raise ValueError(f"a view on a GPU has at most {MAX_AXES} axes, which shape {shape} exceeds")
    out = np.zeros(1, VIEW)
    out["ndim"], out["offset"] = len(runs), offset
    for axis, (n, step) in enumerate(runs):
        out["shape"][0, axis], out["strides"][0, axis] = n, step
    return out


def matrix_struct(view: View) -> npt.NDArray[Any]:
    """A strided view of two axes as the struct that the matrix product takes."""
    return np.array([(*view.strides, view.offset)], MATRIX)


def ceil_div(a: int, b: int) -> int:
    """a / b, rounded up: how many blocks of b cover a."""
    return -(-a // b)


def pieces(length: int, size: int) -> int:
    """The number of equal parts of at most `size` that cover a length; the last may be shorter, not empty."""
    if length == 0:
        return 1
    part = ceil_div(length, ceil_div(length, size))
    return ceil_div(length, part)


def power_of_two(n: int) -> int:
    """The smallest power of two that is at least n, as far as a block has threads."""
    width = 1
    while width < min(n, THREADS):
        width *= 2
    return width
