"""Pooling on any number of axes, with its gradients: the largest or the mean number of each window.

Images are (N, *L, C). Each channel is pooled by itself. `reference.pooling` has the same functions in the
form to run.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from reference.ndarray import NDArray, full, zeros
from reference.readable.conv_nd import conv_length, per_axis, pixel_slices


def pool_lengths(
    x_shape: Sequence[int],
    window: int | Sequence[int],
    stride: int | Sequence[int],
    padding: int | Sequence[int] = 0,
) -> tuple[int, ...]:
    """The number of windows that fit on each axis of images of shape (N, *L, C).

    `window`, `stride` and `padding` are an int or have one number for each axis. ValueError for images
    without an axis, for a padding that is not smaller than the window (a window could then contain only
    padding), and wherever conv_length raises it.
    """
    axes = len(x_shape) - 2
    if axes < 1:
        raise ValueError(f"expected images (N, *L, C), not shape {tuple(x_shape)}")
    k, s, p = (per_axis(value, axes) for value in (window, stride, padding))
    if any(edge >= length for edge, length in zip(p, k, strict=True)):
        raise ValueError(f"padding {padding} must be smaller than the window {window}")
    return tuple(map(conv_length, x_shape[1:-1], k, s, p))


def pad_with(x: NDArray, padding: Sequence[int], value: float) -> NDArray:
    """A copy of images x (N, *L, C) between `padding` elements of `value` on either end of each axis of L."""
    lengths = [length + 2 * edge for length, edge in zip(x.shape[1:-1], padding, strict=True)]
    out = full((x.shape[0], *lengths, x.shape[-1]), value, x.device, x.dtype)
    out[inner_slices(x.shape, padding)] = x
    return out


def inner_slices(x_shape: Sequence[int], padding: Sequence[int]) -> tuple[slice, ...]:
    """The index of the images in the result of `pad_with`."""
    edges = zip(padding, x_shape[1:-1], strict=True)
    return (slice(None), *(slice(edge, edge + length) for edge, length in edges))


def max_pool(
    x: NDArray, window: int | Sequence[int], stride: int | Sequence[int], padding: int | Sequence[int] = 0
) -> NDArray:
    """The largest number of each window, channel by channel.

    x: (N, *L, C) -> (N, *L', C), of x's dtype; pool_lengths gives L'. The padding is never the largest, even
    if all of x is negative. x may be any view and is not modified. ValueError where pool_lengths raises it.
    """
    axes = x.ndim - 2
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(value, axes) for value in (window, stride, padding))
    x = pad_with(x, p, -math.inf)
    out = full((x.shape[0], *lengths, x.shape[-1]), -math.inf, x.device, x.dtype)
    for place in itertools.product(*map(range, k)):
        out = out.maximum(x[(slice(None), *pixel_slices(place, lengths, s, (1,) * axes))])
    return out


def max_pool_grad(
    out_grad: NDArray,
    x: NDArray,
    window: int | Sequence[int],
    stride: int | Sequence[int],
    padding: int | Sequence[int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * max_pool(x, ...)) with respect to x.

    out_grad: (N, *L', C), the shape of that max_pool; x: (N, *L, C) -> (N, *L, C). The gradient of a window
    goes only to its largest number. If several are equally large, it goes to the first of them, in the order
    of the axes (row by row). A pixel that is the largest of several windows gets the sum. ValueError if
    out_grad does not have the shape of the output, and wherever max_pool raises it.
    """
    axes = x.ndim - 2
    out = max_pool(x, window, stride, padding)
    if out_grad.shape != out.shape:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {out.shape}")
    k, s, p = (per_axis(value, axes) for value in (window, stride, padding))
    # The largest number of a window may be -inf, too. A frame of NaN equals nothing.
    lengths, inner, x = out.shape[1:-1], inner_slices(x.shape, p), pad_with(x, p, math.nan)
    x_grad = zeros(x.shape, x.device, x.dtype)
    is_open = full(out.shape, 1.0, x.device, x.dtype)  # 1 for a window whose largest number is yet to come
    for place in itertools.product(*map(range, k)):
        pixels = (slice(None), *pixel_slices(place, lengths, s, (1,) * axes))
        is_largest = (x[pixels] == out) * is_open
        x_grad[pixels] = x_grad[pixels] + is_largest * out_grad
        is_open = is_open - is_largest
    return x_grad[inner].compact()


def average_pool(
    x: NDArray, window: int | Sequence[int], stride: int | Sequence[int], padding: int | Sequence[int] = 0
) -> NDArray:
    """The mean of each window, channel by channel. The padding counts as zeros.

    x: (N, *L, C) -> (N, *L', C), of x's dtype; pool_lengths gives L'. Every window has the same number of
    elements, and the sum is divided by it. x may be any view and is not modified. ValueError where
    pool_lengths raises it.
    """
    axes = x.ndim - 2
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(value, axes) for value in (window, stride, padding))
    x = pad_with(x, p, 0.0)
    total = zeros((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype)
    for place in itertools.product(*map(range, k)):
        total = total + x[(slice(None), *pixel_slices(place, lengths, s, (1,) * axes))]
    return total / math.prod(k)


def average_pool_grad(
    out_grad: NDArray,
    x_shape: Sequence[int],
    window: int | Sequence[int],
    stride: int | Sequence[int],
    padding: int | Sequence[int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * average_pool(x, ...)) with respect to x.

    out_grad: (N, *L', C), the shape of that average_pool -> x_shape (N, *L, C). Every element of a window
    gets an equal share of its gradient. It is linear, so the result does not depend on x. ValueError
    where out_grad does not have the shape of the output, and wherever average_pool raises it.
    """
    axes = len(x_shape) - 2
    lengths = pool_lengths(x_shape, window, stride, padding)
    expected = (x_shape[0], *lengths, x_shape[-1])
    if out_grad.shape != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    k, s, p = (per_axis(value, axes) for value in (window, stride, padding))
    padded = [length + 2 * edge for length, edge in zip(x_shape[1:-1], p, strict=True)]
    x_grad = zeros((x_shape[0], *padded, x_shape[-1]), out_grad.device, out_grad.dtype)
    share = out_grad / math.prod(k)
    for place in itertools.product(*map(range, k)):
        pixels = (slice(None), *pixel_slices(place, lengths, s, (1,) * axes))
        x_grad[pixels] = x_grad[pixels] + share
    return x_grad[inner_slices(x_shape, p)].compact()


def global_average_pool(x: NDArray) -> NDArray:
    """The mean of each channel of each image: x (N, *L, C) -> (N, C), of x's dtype.

    ValueError for images without an axis or without a pixel.
    """
    pixels = math.prod(x.shape[1:-1])
    if x.ndim < 3 or pixels == 0:
        raise ValueError(f"expected images (N, *L, C) with a pixel, not shape {x.shape}")
    return x.sum(tuple(range(1, x.ndim - 1))) / pixels


def global_average_pool_grad(out_grad: NDArray, x_shape: Sequence[int]) -> NDArray:
    """The gradient of sum(out_grad * global_average_pool(x)) with respect to x.

    out_grad: (N, C) -> x_shape (N, *L, C), a new array. Every pixel gets an equal share. ValueError if
    out_grad does not have the shape of the output, and for images without an axis or without a pixel.
    """
    pixels = math.prod(x_shape[1:-1])
    if len(x_shape) < 3 or pixels == 0:
        raise ValueError(f"expected images (N, *L, C) with a pixel, not shape {tuple(x_shape)}")
    n, *lengths, c = x_shape
    if out_grad.shape != (n, c):
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {(n, c)}")
    share = (out_grad / pixels).reshape((n, *(1 for _ in lengths), c))
    return share.broadcast_to(x_shape).copy()
