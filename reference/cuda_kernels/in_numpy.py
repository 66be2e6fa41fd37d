"""Computes in NumPy the results of the kernels in `solutions.cu`: the oracle of that assignment.

Arrays are NumPy's, and results are float64. `device` names the device of the kernels; it has no effect here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference import conv as convolution
from reference.ndarray import array

Array: TypeAlias = npt.NDArray[Any]
Pair: TypeAlias = int | Sequence[int]


def blocks_for(size: int, threads: int, device: str = "cpu") -> int:
    """The number of blocks of `threads` threads that gives each of `size` elements a thread."""
    return -(-size // threads)


def fill(size: int, value: float, device: str = "cpu") -> Array:
    """`size` elements, each of them `value`."""
    return np.full(size, value, np.float64)


def add(a: Array, b: Array, device: str = "cpu") -> Array:
    """a + b, element by element; a and b are of one shape, as is the result."""
    return a.astype(np.float64) + b


def compact(
    a: Array, shape: Sequence[int], strides: Sequence[int], offset: int, device: str = "cpu"
) -> Array:
    """The view of `a`, of one axis, with that shape, strides and offset, in elements; a copy."""
    indices = np.indices(shape)
    places = offset + sum(step * index for step, index in zip(strides, indices, strict=True))
    gathered: Array = a.astype(np.float64)[places]
    return gathered


def sum_naive(a: Array, device: str = "cpu") -> Array:
    """The sum of each row of `a`, (rows, length) -> (rows,)."""
    sums: Array = a.sum(axis=1, dtype=np.float64)
    return sums


sum_shared = sum_warp = sum_naive  # other ways to the same sums


def matmul(a: Array, b: Array, device: str = "cpu") -> Array:
    """a b: (m, k) times (k, n) is (m, n)."""
    product: Array = a.astype(np.float64) @ b
    return product


def conv_direct(x: Array, w: Array, stride: Pair, padding: Pair, device: str = "cpu") -> Array:
    """x (N, H, W, C_in) with w (KH, KW, C_in, C_out) -> (N, H', W', C_out), as `reference.conv:conv`."""
    return convolution.conv(_double(x), _double(w), _size(stride), _size(padding)).numpy()


conv_implicit = conv_direct


def w_grad_atomic(
    x: Array, out_grad: Array, w_shape: Sequence[int], stride: Pair, padding: Pair, device: str = "cpu"
) -> Array:
    """The gradient in w, of shape `w_shape`, as `reference.conv:conv_w_grad`."""
    arguments = _double(x), _double(out_grad), tuple(w_shape), _size(stride), _size(padding)
    return convolution.conv_w_grad(*arguments).numpy()


w_grad_split = w_grad_atomic


def _double(values: Array) -> Any:
    return array(values, dtype="float64")


def _size(value: Pair) -> Any:
    return value if isinstance(value, int) else tuple(value)
