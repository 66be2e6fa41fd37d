"""The flat-buffer operations on the CPU: a buffer is a one-dimensional np.ndarray, float32 or float64.

Every operation fills `out` completely and allocates nothing else that lasts; accumulate and matmul, which may
write to a part of it, say so. Shapes are tuples; strides and offsets count elements. A *strided view* of a
buffer has its element (i, j, ...) at offset + i * strides[0] + j * strides[1] + ...; every other argument is
row-major from the buffer's start.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .view import View

Buffer: TypeAlias = npt.NDArray[Any]
Shape: TypeAlias = tuple[int, ...]

# The largest intermediate result that is still in a cache when it is used: 4 MiB in float32. Functions that
# work in blocks use this size.
BLOCK = 2**20

# OpenBLAS multiplies matrices of up to this many multiplications as they lie in memory. It first rearranges
# larger ones, which saves no time if one of the matrices is small. The second matrix is best in the
# first-level cache: 32 KiB in float32.
SMALL_PRODUCT = 10**6
SMALL_MATRIX = 2**13

# Looking up the address of a buffer takes 4 µs: as long as going through this many elements.
WORTH_ALIGNING = 2**13

# The number of rows of a long matrix to multiply at once: they too must fit into the first-level cache.
ROWS = 128

# The most neighbors to copy as one item: for more, NumPy is as fast with single elements.
LONGEST_ITEM = 64


def empty(size: int, dtype: npt.DTypeLike) -> Buffer:
    """A buffer of `size` arbitrary elements.

    A large one is aligned to a cache line: a vector across two lines takes twice the time to load.
    """
    if size < WORTH_ALIGNING:
        return np.empty(size, dtype)
    line = 64 // np.dtype(dtype).itemsize
    memory = np.empty(size + line, dtype)
    start = -memory.__array_interface__["data"][0] // memory.itemsize % line
    return memory[start : start + size]


def from_host(values: npt.NDArray[Any], out: Buffer) -> None:
    """Copy a one-dimensional NumPy array into a buffer of this device."""
    out[...] = values


def to_host(a: Buffer) -> npt.NDArray[Any]:
    """The buffer as a one-dimensional NumPy array, which may share its memory."""
    return a


def fill(value: float, out: Buffer) -> None:
    """Set every element to one value."""
    out[...] = value


# Strided views: the only operations that use strides. All others see rows of numbers.


def compact(a: Buffer, shape: Shape, strides: Shape, offset: int, out: Buffer) -> None:
    """Gather a strided view of `a` into `out`, in row-major order."""
    # A row of neighbors moves as one item, which NumPy does faster than as many small ones.
    axis, row = len(shape), 1
    while axis and strides[axis - 1] == row and row * shape[axis - 1] <= LONGEST_ITEM:
        axis -= 1
        row *= shape[axis]
    if 1 < row < out.size and a.dtype == out.dtype:
        item = np.dtype((np.void, row * a.itemsize))
        steps, start = [step * a.itemsize for step in strides[:axis]], offset * a.itemsize
        out.view(item).reshape(shape[:axis])[...] = np.ndarray(shape[:axis], item, a, start, steps)
    else:
        out.reshape(shape)[...] = strided(a, shape, strides, offset)


def assign(a: Buffer, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
    """Scatter `a`, in row-major order, over a strided view of `out`. The two buffers are not the same."""
    strided(out, shape, strides, offset)[...] = a.reshape(shape)


def assign_scalar(value: float, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
    """Set every element of a strided view of `out` to one value."""
    strided(out, shape, strides, offset)[...] = value


def accumulate(
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
    target = strided(out, shape, out_strides, out_offset)
    np.add(target, strided(a, shape, a_strides, a_offset), out=target)


def strided(a: Buffer, shape: Shape, strides: Shape, offset: int) -> npt.NDArray[Any]:
    """A strided view as this device's own kind of array: it shares the buffer's memory and supports DLPack.

    NumPy itself refuses a view that reaches outside the buffer.
    """
    size = a.itemsize
    return np.ndarray(shape, a.dtype, buffer=a, offset=offset * size, strides=[s * size for s in strides])


def from_dlpack(exporter: Any) -> tuple[Buffer, Shape, Shape, int]:
    """A buffer over the memory of any object on this device that supports DLPack, and its view of that."""
    a = np.from_dlpack(exporter)
    if a.size == 0:
        return np.empty(0, a.dtype), a.shape, (0,) * a.ndim, 0
    strides = tuple(s // a.itemsize if n > 1 else 0 for n, s in zip(a.shape, a.strides, strict=True))
    reach = [s * (n - 1) for n, s in zip(a.shape, strides, strict=True)]
    first = a[(..., *(slice(-1, None) if r < 0 else slice(1) for r in reach))]
    size = 1 + sum(abs(r) for r in reach)
    buffer = np.lib.stride_tricks.as_strided(first, (size,), (a.itemsize,))
    return buffer, a.shape, strides, -sum(r for r in reach if r < 0)


# Element by element. One of the two operands may be a number. NumPy treats views like rows of numbers,
# so here operands may have any strides.


def add(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """a + b."""
    np.add(a, b, out=out)


def subtract(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """a - b."""
    np.subtract(a, b, out=out)


def multiply(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """a * b."""
    np.multiply(a, b, out=out)


def divide(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """a / b."""
    np.divide(a, b, out=out)


def power(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """a to the power of b."""
    np.power(a, b, out=out)


def maximum(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """The larger of the two; NaN where either is NaN."""
    np.maximum(a, b, out=out)


def equal(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """1 where a == b, 0 elsewhere."""
    np.equal(a, b, out=out)


def greater_equal(a: Buffer | float, b: Buffer | float, out: Buffer) -> None:
    """1 where a >= b, 0 elsewhere."""
    np.greater_equal(a, b, out=out)


def negative(a: Buffer, out: Buffer) -> None:
    """The negative of a."""
    np.negative(a, out=out)


def log(a: Buffer, out: Buffer) -> None:
    """The natural logarithm."""
    np.log(a, out=out)


def exp(a: Buffer, out: Buffer) -> None:
    """e to the power of a."""
    np.exp(a, out=out)


def tanh(a: Buffer, out: Buffer) -> None:
    """The hyperbolic tangent."""
    np.tanh(a, out=out)


# Rows and matrices.


def sum_rows(a: Buffer, row_length: int, out: Buffer) -> None:
    """Sum each of the out.size rows of `a`; the sum of an empty row is 0."""
    np.add.reduce(a.reshape(out.size, row_length), axis=1, out=out)


def max_rows(a: Buffer, row_length: int, out: Buffer) -> None:
    """The largest element of each of the out.size rows of `a`, which are not empty."""
    np.maximum.reduce(a.reshape(out.size, row_length), axis=1, out=out)


def sum_axes(a: Buffer, shape: Shape, strides: Shape, offset: int, axes: Shape, out: Buffer) -> None:
    """Sum a strided view over some of its axes."""
    shape_left = tuple(n for axis, n in enumerate(shape) if axis not in axes)
    np.add.reduce(strided(a, shape, strides, offset), axis=axes, out=out.reshape(shape_left))


def max_axes(a: Buffer, shape: Shape, strides: Shape, offset: int, axes: Shape, out: Buffer) -> None:
    """The largest elements of a strided view over some of its axes, along which it is not empty."""
    shape_left = tuple(n for axis, n in enumerate(shape) if axis not in axes)
    np.maximum.reduce(strided(a, shape, strides, offset), axis=axes, out=out.reshape(shape_left))


def matmul(a: View, b: View, out: Buffer, out_offset: int = 0, accumulate: bool = False) -> None:
    """The product of two matrices, (m, k) and (k, n), in row-major order from `out_offset` on.

    `accumulate` adds it to what is there. The rest of `out` is unchanged; it is not the buffer of a or b.
    """
    left, right = strided(*a), strided(*b)
    m, n = len(left), right.shape[1]
    target = out[out_offset : out_offset + m * n].reshape(m, n)
    if accumulate:
        product = np.empty(target.shape, out.dtype)
        multiply_matrices(left, right, product)
        target += product
    else:
        multiply_matrices(left, right, target)


def multiply_matrices(left: Buffer, right: Buffer, out: Buffer) -> None:
    """The product of an m x k and a k x n matrix, by the fastest calls of OpenBLAS."""
    (m, k), n = left.shape, right.shape[1]
    if 24 * k * n <= SMALL_PRODUCT < m * k * n:
        # A small b: many small products, stacked by rows.
        rows = min(SMALL_PRODUCT // (k * n) // 8 * 8, ROWS)
        count, end = m // rows, m // rows * rows
        np.matmul(left[:end].reshape(count, rows, k), right, out=out[:end].reshape(count, rows, n))
        if end < m:
            np.matmul(left[end:], right, out=out[end:])
    elif m * n <= SMALL_MATRIX < n * k:
        # A small result of a long sum: many short sums, and their sum.
        length = min(SMALL_MATRIX // 2 // n, ROWS)
        count, end = k // length, k // length * length
        pieces = left[:, :end].reshape(m, count, length).swapaxes(0, 1)
        np.sum(np.matmul(pieces, right[:end].reshape(count, length, n)), axis=0, out=out)
        if end < k:
            out += np.matmul(left[:, end:], right[end:])
    else:
        np.matmul(left, right, out=out)
