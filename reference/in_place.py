"""Products and sums written to an existing array: the building blocks of a fast convolution."""

from __future__ import annotations

from reference import im2col
from reference.backends import numpy as host
from reference.im2col import Geometry
from reference.ndarray import NDArray


def multiply_into(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """Write the matrix product (m, k) @ (k, n) over `out`, or add it to `out`, which is contiguous."""
    assert out.is_run()
    out.device.ops.matmul(a.in_memory(), b.in_memory(), out.buffer, out.offset, add)


def sum_products(a: NDArray, b: NDArray, out: NDArray) -> None:
    """Write the sums over p and q of the matrix products a[i, j, p, q] @ b[i, j, p, q] over `out`.

    a: (I, J, P, Q, m, k), b: (I, J, P, Q, k, n), out: (I, J, m, n), one run of memory. On cpu() alone:
    it is for products that are too small to keep another device busy.
    """
    assert out.is_run() and out.device.is_host, f"no sum of small products on {out.device}"
    host.sum_products(a.in_memory(), b.in_memory(), out.run())


def multiply_windows(x: NDArray, geometry: Geometry, w: NDArray, out: NDArray, groups: int = 1) -> None:
    """Write im2col(x, *geometry) @ w over `out`, block by block, for each group of channels. On cpu() alone.

    x: (N, H, W, C), w: (KH, KW, C / groups, C_out), out: (N, H', W', C_out), one run of memory.
    """
    assert out.is_run() and out.device.is_host
    operands = x.in_memory(), geometry, out.shape, w.run(), out.run()
    if groups == 1:
        im2col.multiply(*operands)
    else:
        im2col.multiply_groups(*operands, groups)


def multiply_windows_transposed(
    x: NDArray, geometry: Geometry, out_grad: NDArray, w_grad: NDArray, groups: int = 1
) -> None:
    """Write im2col(x, *geometry)^T @ out_grad over `w_grad`. Shapes are multiply_windows'. On cpu() alone."""
    assert w_grad.is_run() and w_grad.device.is_host
    operands = x.in_memory(), geometry, out_grad.shape, out_grad.run(), w_grad.run()
    if groups == 1:
        im2col.multiply_transposed(*operands)
    else:
        im2col.multiply_groups_transposed(*operands, groups)


def add_into(a: NDArray, out: NDArray) -> None:
    """Add `a`, element by element, to a view `out` of the same shape that has no element twice."""
    out.device.ops.accumulate(a.buffer, a.strides, a.offset, out.buffer, out.strides, out.offset, out.shape)


def maximum_into(a: NDArray, out: NDArray) -> None:
    """Write the larger of `a` and `out`, element by element, over `out`, one run of memory of that shape."""
    assert out.is_run() and a.shape == out.shape
    if out.device.is_host:
        host.maximum(a.native(), out.native(), out.native())
    else:
        out.device.ops.maximum(a.run(), out.run(), out.run())
