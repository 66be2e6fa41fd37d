"""The flat-buffer operations on the CPU: a buffer is a one-dimensional np.ndarray, float32 or float64.

Every operation fills `out` completely and allocates nothing else that lasts. Shapes are tuples; strides and
offsets count elements. A *strided view* of a buffer has its element (i, j, ...) at
offset + i * strides[0] + j * strides[1] + ...; every other argument is row-major from the buffer's start.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Buffer: TypeAlias = npt.NDArray[Any]
Shape: TypeAlias = tuple[int, ...]


def empty(size: int, dtype: str) -> Buffer:
    """A buffer of `size` elements that hold anything at all."""
    return np.empty(size, dtype)


def from_host(values: npt.NDArray[Any], out: Buffer) -> None:
    """Copy a one-dimensional NumPy array into a buffer of this device."""
    out[...] = values


def to_host(a: Buffer) -> npt.NDArray[Any]:
    """The buffer as a one-dimensional NumPy array, which may share its memory."""
    return a


def fill(value: float, out: Buffer) -> None:
    """Set every element to one value."""
    out[...] = value


# Strided views: the only operations that know of strides. All others see rows of numbers.


def compact(a: Buffer, shape: Shape, strides: Shape, offset: int, out: Buffer) -> None:
    """Gather a strided view of `a` into `out`, in row-major order."""
    out.reshape(shape)[...] = strided(a, shape, strides, offset)


def assign(a: Buffer, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
    """Scatter `a`, in row-major order, over a strided view of `out`. The two buffers are not the same."""
    strided(out, shape, strides, offset)[...] = a.reshape(shape)


def assign_scalar(value: float, out: Buffer, shape: Shape, strides: Shape, offset: int) -> None:
    """Set every element of a strided view of `out` to one value."""
    strided(out, shape, strides, offset)[...] = value


def strided(a: Buffer, shape: Shape, strides: Shape, offset: int) -> npt.NDArray[Any]:
    """A NumPy view of a buffer. NumPy itself refuses one that reaches outside."""
    size = a.itemsize
    return np.ndarray(shape, a.dtype, buffer=a, offset=offset * size, strides=[s * size for s in strides])


# Element by element. One of the two operands may be a number.


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
    np.sum(a.reshape(out.size, row_length), axis=1, out=out)


def max_rows(a: Buffer, row_length: int, out: Buffer) -> None:
    """The largest element of each of the out.size rows of `a`, which are not empty."""
    np.max(a.reshape(out.size, row_length), axis=1, out=out)


def matmul(a: Buffer, b: Buffer, m: int, k: int, n: int, out: Buffer) -> None:
    """The product of a, an m x k matrix, and b, a k x n matrix."""
    np.matmul(a.reshape(m, k), b.reshape(k, n), out=out.reshape(m, n))
