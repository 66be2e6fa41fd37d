"""Products and sums of arrays, written to an array that exists: what a fast convolution is made of."""

from __future__ import annotations

from types import ModuleType

from reference import windows
from reference.ndarray import NDArray
from reference.windows import Windows


def multiply_into(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """Write the matrix product (m, k) @ (k, n) over `out`, or add it to `out`, which is one run of memory."""
    assert out.is_run()
    (m, k), n = a.shape, b.shape[1]
    views = (a.buffer, a.strides, a.offset, b.buffer, b.strides, b.offset)
    out.device.ops.matmul(*views, m, k, n, out.buffer, out.offset, add)


def sum_products(a: NDArray, b: NDArray, out: NDArray) -> None:
    """Write the sums over p and q of the matrix products a[i, j, p, q] @ b[i, j, p, q] over `out`.

    a: (I, J, P, Q, m, k), b: (I, J, P, Q, k, n), out: (I, J, m, n), one run of memory. On cpu() alone:
    it is for products that are too small to keep another device busy.
    """
    ops = out.device.ops
    assert out.is_run() and isinstance(ops, ModuleType), f"no sum of small products on {out.device}"
    (*batch, m, k), n = a.shape, b.shape[-1]
    views = (a.buffer, a.strides, a.offset, b.buffer, b.strides, b.offset)
    ops.sum_products(*views, tuple(batch[:2]), tuple(batch[2:]), m, k, n, out.run())


def multiply_windows(x: NDArray, how: Windows, w: NDArray, out: NDArray) -> None:
    """Write im2col(x, *how) @ w over `out`, block by block. On cpu() alone.

    x: (N, H, W, C), w: (KH, KW, C, C_out), out: (N, H', W', C_out), one run of memory.
    """
    assert out.is_run() and out.device.name == "cpu"
    view = x.shape, x.strides, x.offset
    windows.multiply(x.buffer, view, how, out.shape, w.run(), out.run())


def multiply_windows_transposed(x: NDArray, how: Windows, out_grad: NDArray, w_grad: NDArray) -> None:
    """Write im2col(x, *how)^T @ out_grad over `w_grad`. Shapes are multiply_windows'. On cpu() alone."""
    assert w_grad.is_run() and w_grad.device.name == "cpu"
    view = x.shape, x.strides, x.offset
    windows.multiply_transposed(x.buffer, view, how, out_grad.shape, out_grad.run(), w_grad.run())


def add_into(a: NDArray, out: NDArray) -> None:
    """Add `a`, element by element, to a view `out` of the same shape that has no element twice."""
    out.device.ops.accumulate(a.buffer, a.strides, a.offset, out.buffer, out.strides, out.offset, out.shape)
