"""Three ways to convolve that give the same result: by loops, as one product of matrices, and by shifts.

`reference.readable.conv.conv` is the second way, written out. `reference.conv` has im2col and col2im in the
form to run.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from reference.conv import output_shape, pad, pair
from reference.ndarray import NDArray, zeros


def conv_loops(
    x: NDArray,
    w: NDArray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Convolve directly by the formula, one output number at a time.

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out) -> (N, H', W', C_out), all of one dtype. With x' for the
    padded x,

        out[n, i, j, o] = sum over a, b, c of x'[n, s_h * i + a, s_w * j + b, c] * w[a, b, c, o]

    This way is slow, so its cases have small images. ValueError where output_shape raises it.
    """
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    out = zeros((n, out_h, out_w, c_out), x.device, x.dtype)
    for image, i, j, o in itertools.product(range(n), range(out_h), range(out_w), range(c_out)):
        window = x[image, s_h * i : s_h * i + w.shape[0], s_w * j : s_w * j + w.shape[1]]
        out[image, i, j, o] = (window * w[..., o]).sum()
    return out


def im2col(
    x: NDArray,
    kernel: tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """The windows of a batch of images as the rows of a matrix.

    x: (N, H, W, C), kernel (KH, KW) -> (N * H' * W', KH * KW * C), a new array: row (n, i, j) is the window
    that conv's out[n, i, j] sees, in the order of w, so that im2col(x) @ w.reshape((-1, C_out)) is conv's
    result. ValueError as for conv.
    """
    k_h, k_w = kernel
    n, out_h, out_w, _ = output_shape(x.shape, (k_h, k_w, x.shape[3], 1), stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    image, row, column, channel = x.strides
    windows = x.as_strided(
        (n, out_h, out_w, k_h, k_w, x.shape[3]), (image, s_h * row, s_w * column, row, column, channel)
    )
    return windows.copy().reshape((n * out_h * out_w, k_h * k_w * x.shape[3]))


def col2im(
    columns: NDArray,
    x_shape: Sequence[int],
    kernel: tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Sum, at each pixel, the numbers that the windows hold for it: the adjoint of im2col.

    columns: (N * H' * W', KH * KW * C), kernel (KH, KW) -> x_shape (N, H, W, C). For every v of that shape

        sum(im2col(v, kernel, stride, padding) * columns) == sum(v * col2im(columns, ...))

    Numbers that fall on the padding are dropped. ValueError for columns of another shape, and as for conv.
    """
    k_h, k_w = kernel
    n, height, width, channels = x_shape
    _, out_h, out_w, _ = output_shape(x_shape, (k_h, k_w, channels, 1), stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    if columns.shape != (n * out_h * out_w, k_h * k_w * channels):
        raise ValueError(f"columns have shape {columns.shape}, which is not that of im2col's result")
    windows = columns.reshape((n, out_h, out_w, k_h, k_w, channels))
    x = zeros((n, height + 2 * p_h, width + 2 * p_w, channels), columns.device, columns.dtype)
    for a, b in itertools.product(range(k_h), range(k_w)):
        # One place meets a different pixel in each window, so all of these can be added at once.
        pixels = (
            slice(None),
            slice(a, a + s_h * (out_h - 1) + 1, s_h),
            slice(b, b + s_w * (out_w - 1) + 1, s_w),
        )
        x[pixels] = x[pixels] + windows[:, :, :, a, b]
    return x[:, p_h : p_h + height, p_w : p_w + width].compact()


def conv_shifted(
    x: NDArray,
    w: NDArray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Convolve by one product for each place of the kernel, and add the products up.

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out) -> (N, H', W', C_out), as conv. No array is larger than the
    padded x or the result: there are never KH * KW copies of a pixel at a time. x may be any view, and
    neither x nor w is modified. ValueError where output_shape raises it.
    """
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    out = zeros((n * out_h * out_w, c_out), x.device, x.dtype)
    for a, b in itertools.product(range(w.shape[0]), range(w.shape[1])):
        pixels = x[:, a : a + s_h * (out_h - 1) + 1 : s_h, b : b + s_w * (out_w - 1) + 1 : s_w]
        out = out + pixels.reshape((n * out_h * out_w, x.shape[3])) @ w[a, b]
    return out.reshape((n, out_h, out_w, c_out))
