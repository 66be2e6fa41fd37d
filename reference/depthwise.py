"""Convolution in which each channel in has kernels of its own, and its gradients, element by element.

x is (N, *L, C), w (*K, 1, C * M), the result (N, *L', C * M): channel c gives the channels c * M to
c * M + M - 1. Strides, paddings and dilations have one number for each axis, and shapes have been checked.
Results are computed a block at a time, so that what their terms are added up in stays in a CPU's cache.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reference.conv import pad
from reference.im2col import Box, boxes
from reference.in_place import add_into
from reference.ndarray import NDArray, common_dtype, empty, zeros

Shape: TypeAlias = Sequence[int]
Index: TypeAlias = tuple[slice, ...]

CACHED = 2**15
"""How many elements of a block stay in a CPU's cache, with the terms that are added to them."""


def depthwise(
    x: NDArray, w: NDArray, out_shape: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> NDArray:
    """conv where each group has one channel in: (N, *L, C) with (*K, 1, C * M) -> out_shape."""
    c = x.shape[-1]
    x, weights = _framed(x, padding), w.reshape((*w.shape[:-2], c, w.shape[-1] // c))
    out = empty((*out_shape[:-1], *weights.shape[-2:]), x.device, common_dtype(x, w))
    for box in _boxes(out):
        for number, (place, met) in enumerate(_places(weights.shape[:-2], box, stride, dilation)):
            term = x[met][..., None] * weights[place]
            if number == 0:
                out[box] = term
            else:
                add_into(term, out[box])
    return out.reshape(out_shape)


def depthwise_x_grad(
    out_grad: NDArray, w: NDArray, x_shape: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> NDArray:
    """conv_x_grad where each group has one channel in: (N, *L', C * M) with (*K, 1, C * M) -> x_shape."""
    n, *lengths, c = x_shape
    weights = w.reshape((*w.shape[:-2], c, w.shape[-1] // c))
    given = out_grad.reshape((*out_grad.shape[:-1], *weights.shape[-2:]))
    padded = [length + 2 * edge for length, edge in zip(lengths, padding, strict=True)]
    x_grad = zeros((n, *padded, c), out_grad.device, common_dtype(out_grad, w))
    for box in _boxes(given):
        for place, met in _places(weights.shape[:-2], box, stride, dilation):
            term = given[box] * weights[place]
            add_into(term[..., 0] if term.shape[-1] == 1 else term.sum(-1), x_grad[met])
    inner = [slice(edge, edge + length) for length, edge in zip(lengths, padding, strict=True)]
    return x_grad[(slice(None), *inner)].compact()


def depthwise_w_grad(
    x: NDArray, out_grad: NDArray, w_shape: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> NDArray:
    """conv_w_grad where each group has one channel in: (N, *L, C) with (N, *L', C * M) -> w_shape."""
    c = x.shape[-1]
    kernel, of_channel = w_shape[:-2], (c, w_shape[-1] // c)
    x, given = _framed(x, padding), out_grad.reshape((*out_grad.shape[:-1], *of_channel))
    w_grad = zeros((*kernel, *of_channel), x.device, common_dtype(x, out_grad))
    pixels = tuple(range(x.ndim - 1))
    for box in _boxes(given):
        for place, met in _places(kernel, box, stride, dilation):
            add_into((x[met][..., None] * given[box]).sum(pixels), w_grad[place])
    return w_grad.reshape(w_shape)


def _framed(x: NDArray, padding: Shape) -> NDArray:
    return pad(x, ((0, 0), *zip(padding, padding, strict=True), (0, 0))) if any(padding) else x


def _boxes(out: NDArray) -> Iterator[Box]:
    """The pixels of a result (N, *L', C, M), in blocks."""
    *pixels, c, m = out.shape
    return iter(boxes(pixels, c * m, CACHED if out.device.is_host else out.device.ops.BLOCK))


def _places(
    kernel: Shape, box: Box, stride: Shape, dilation: Shape
) -> Iterator[tuple[tuple[int, ...], Index]]:
    """Each place of the kernel, with the pixels of padded x that it meets in the windows of a box."""
    images, *windows = box
    for place in itertools.product(*map(range, kernel)):
        met = [
            slice(d * a + s * of.start, d * a + s * (of.stop - 1) + 1, s)
            for a, of, s, d in zip(place, windows, stride, dilation, strict=True)
        ]
        yield place, (images, *met)
