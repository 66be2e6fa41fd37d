"""Depthwise convolution and the gradients of pooling on the CPU, as plain loops that Numba compiles.

NumPy goes through memory once for each product and once for each sum. A compiled loop does both at once. So
on large images these functions take half to a fifth of the time of NumPy's forms in
`reference.depthwise_rows` and `reference.pooling`. The results are the same, NaN and infinity too.

Numba is optional: the extra `fast` brings it. The first call that is large enough imports it, which takes
half a second. The first call of each function for float32 or float64 compiles it, which takes up to a second.
Numba could keep compiled loops in files, but it unpickles such files, so this module turns that off.

Images are (N, H, W, C) or (N, L, C), results (N, H', W', C) or (N, L', C). Shapes have been checked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from reference.backends.numpy import Buffer
from reference.sliding_windows import Axes, Axis

Loops = TypeVar("Loops", bound=Callable[..., None])

LARGE = 2**18
"""The least number of elements in images for which loops are compiled.

NumPy takes a millisecond for this many. Grading uses far fewer, and never waits for Numba.
"""

MANY_CHANNELS = 16
"""How many channels images must have: the innermost loop goes through those of one pixel.

For fewer, NumPy is as fast, because it goes through the channels of a whole row of pixels.
"""


def are_worth_it(images: Buffer, *others: Buffer) -> bool:
    """Whether compiled loops are faster on these images: these are large, and Numba is installed.

    The loops compute in one dtype, on one or two axes.
    """
    return (
        images.size >= LARGE
        and images.shape[-1] >= MANY_CHANNELS
        and images.ndim <= 4
        and all(other.dtype == images.dtype for other in others)
        and is_installed()
    )


@functools.cache
def is_installed() -> bool:
    """Whether Numba can be imported: it refuses a NumPy that is newer than itself."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


@functools.cache
def compiled(loops: Loops) -> Loops:
    """The same function, compiled for the types of its arguments when it is called with them."""
    import numba

    # A sum with a product may be rounded once, not twice. NaN and infinity stay what they are.
    fast: Loops = numba.njit(loops, fastmath={"contract"})
    return fast


def correlate(x: Buffer, w: Buffer, axes: Axes, out: Buffer) -> None:
    """`reference.depthwise_rows.correlate`, for an `out` that is one run of memory."""
    compiled(_correlate)(pictures(x), kernel(w), *two(axes), pictures(out))


def correlate_x_grad(out_grad: Buffer, w: Buffer, axes: Axes, x_grad: Buffer) -> None:
    """`reference.depthwise_rows.correlate_x_grad`, for an `x_grad` that is one run of memory."""
    compiled(_correlate_x_grad)(pictures(out_grad), kernel(w), *two(axes), pictures(x_grad))


def correlate_w_grad(x: Buffer, out_grad: Buffer, axes: Axes, w_grad: Buffer) -> None:
    """`reference.depthwise_rows.correlate_w_grad`, for a `w_grad` that is one run of memory."""
    of_image = np.zeros_like(kernel(w_grad))
    compiled(_correlate_w_grad)(pictures(x), pictures(out_grad), *two(axes), kernel(w_grad), of_image)


def max_pool_grad(out_grad: Buffer, x: Buffer, axes: Axes, x_grad: Buffer) -> None:
    """Write the gradient of max pooling over `x_grad`, which is one run of memory."""
    largest, is_open = np.empty((2, x.shape[-1]), x.dtype)
    compiled(_max_pool_grad)(pictures(out_grad), pictures(x), *two(axes), pictures(x_grad), largest, is_open)


def average_pool_grad(out_grad: Buffer, axes: Axes, x_grad: Buffer) -> None:
    """Write the gradient of average pooling over `x_grad`, which is one run of memory."""
    share = np.empty(out_grad.shape[-1], out_grad.dtype)
    compiled(_average_pool_grad)(pictures(out_grad), *two(axes), pictures(x_grad), share)


# One axis is a picture of height 1. Loops are compiled for one run of memory: other arrays are copied.


def pictures(images: Buffer) -> Buffer:
    """(N, H, W, C) or (N, L, C) as (N, H, W, C)."""
    return np.ascontiguousarray(images if images.ndim == 4 else images[:, None])


def kernel(w: Buffer) -> Buffer:
    """(KH, KW, C) or (K, C) as (KH, KW, C)."""
    return np.ascontiguousarray(w if w.ndim == 3 else w[None])


def two(axes: Axes) -> Axes:
    """The positions of the windows on the rows and on the columns."""
    return axes if len(axes) == 2 else (Axis(1, 0, 1), *axes)


# The loops. Place (a, b) of window (i, j) meets pixel (y, z). The last arguments are memory to compute in.


def _correlate(x: Buffer, w: Buffer, rows: Axis, columns: Axis, out: Buffer) -> None:
    _, height, width, channels = x.shape
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                out[n, i, j] = 0
                for a in range(rows.kernel):
                    y = rows.start + rows.stride * i + rows.dilation * a
                    for b in range(columns.kernel):
                        z = columns.start + columns.stride * j + columns.dilation * b
                        if 0 <= y < height and 0 <= z < width:
                            for c in range(channels):
                                out[n, i, j, c] += x[n, y, z, c] * w[a, b, c]
                        else:  # a zero of the padding, whose product with infinity is NaN
                            for c in range(channels):
                                out[n, i, j, c] += 0 * w[a, b, c]


def _correlate_x_grad(out_grad: Buffer, w: Buffer, rows: Axis, columns: Axis, x_grad: Buffer) -> None:
    _, height, width, channels = x_grad.shape
    for n in range(out_grad.shape[0]):
        x_grad[n] = 0
        for i in range(out_grad.shape[1]):
            for j in range(out_grad.shape[2]):
                for a in range(rows.kernel):
                    y = rows.start + rows.stride * i + rows.dilation * a
                    for b in range(columns.kernel):
                        z = columns.start + columns.stride * j + columns.dilation * b
                        if 0 <= y < height and 0 <= z < width:
                            for c in range(channels):
                                x_grad[n, y, z, c] += out_grad[n, i, j, c] * w[a, b, c]


def _correlate_w_grad(
    x: Buffer, out_grad: Buffer, rows: Axis, columns: Axis, w_grad: Buffer, of_image: Buffer
) -> None:
    _, height, width, channels = x.shape
    for n in range(out_grad.shape[0]):
        for i in range(out_grad.shape[1]):
            for a in range(rows.kernel):
                y = rows.start + rows.stride * i + rows.dilation * a
                for j in range(out_grad.shape[2]):
                    for b in range(columns.kernel):
                        z = columns.start + columns.stride * j + columns.dilation * b
                        if 0 <= y < height and 0 <= z < width:
                            for c in range(channels):
                                of_image[a, b, c] += x[n, y, z, c] * out_grad[n, i, j, c]
                        else:  # a zero of the padding, whose product with infinity is NaN
                            for c in range(channels):
                                of_image[a, b, c] += 0 * out_grad[n, i, j, c]
        for a in range(rows.kernel):  # a sum for each image, then their sum: one long sum would lose digits
            for b in range(columns.kernel):
                for c in range(channels):
                    w_grad[a, b, c] += of_image[a, b, c]
                    of_image[a, b, c] = 0


def _max_pool_grad(
    out_grad: Buffer, x: Buffer, rows: Axis, columns: Axis, x_grad: Buffer, largest: Buffer, is_open: Buffer
) -> None:
    _, height, width, channels = x.shape
    for n in range(out_grad.shape[0]):
        x_grad[n] = 0
        for i in range(out_grad.shape[1]):
            top = rows.start + rows.stride * i
            for j in range(out_grad.shape[2]):
                left = columns.start + columns.stride * j
                for c in range(channels):
                    largest[c] = -np.inf
                    is_open[c] = 1  # until the largest number is met; NaN equals none
                for y in range(max(top, 0), min(top + rows.kernel, height)):
                    for z in range(max(left, 0), min(left + columns.kernel, width)):
                        for c in range(channels):
                            number = x[n, y, z, c]
                            if number > largest[c] or np.isnan(number):
                                largest[c] = number
                for y in range(max(top, 0), min(top + rows.kernel, height)):
                    for z in range(max(left, 0), min(left + columns.kernel, width)):
                        for c in range(channels):
                            is_largest = (x[n, y, z, c] == largest[c]) * is_open[c]
                            x_grad[n, y, z, c] += is_largest * out_grad[n, i, j, c]
                            is_open[c] -= is_largest


def _average_pool_grad(out_grad: Buffer, rows: Axis, columns: Axis, x_grad: Buffer, share: Buffer) -> None:
    _, height, width, channels = x_grad.shape
    for n in range(out_grad.shape[0]):
        x_grad[n] = 0
        for i in range(out_grad.shape[1]):
            top = rows.start + rows.stride * i
            for j in range(out_grad.shape[2]):
                left = columns.start + columns.stride * j
                for c in range(channels):
                    share[c] = out_grad[n, i, j, c] / (rows.kernel * columns.kernel)
                for y in range(max(top, 0), min(top + rows.kernel, height)):
                    for z in range(max(left, 0), min(left + columns.kernel, width)):
                        for c in range(channels):
                            x_grad[n, y, z, c] += share[c]
