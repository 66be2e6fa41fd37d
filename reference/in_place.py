"""Products and sums that are written to an existing array: the building blocks of a fast convolution."""

from __future__ import annotations

from reference.ndarray import NDArray


def multiply_into(a: NDArray, b: NDArray, out: NDArray, add: bool = False) -> None:
    """Write the matrix product (m, k) @ (k, n) over `out`, or add it to `out`, which is contiguous."""
    assert out.is_run()
    out.device.ops.matmul(a.in_memory(), b.in_memory(), out.buffer, out.offset, add)


def add_into(a: NDArray, out: NDArray) -> None:
    """Add `a`, element by element, to a view `out` of the same shape that has no element twice."""
    out.device.ops.accumulate(a.buffer, a.strides, a.offset, out.buffer, out.strides, out.offset, out.shape)
