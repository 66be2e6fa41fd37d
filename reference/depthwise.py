"""Convolution in which each input channel has its own kernels, and its gradients, element by element.

x is (N, *L, C), w (*K, 1, C * M), the result (N, *L', C * M): channel c gives the channels c * M to
c * M + M - 1. Strides, paddings and dilations have one number for each axis, and shapes have been checked.
On a CPU, `reference.depthwise_rows` does this, or `reference.compiled_loops` where it is worth it. On any
other device each place of the kernel is one operation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TypeAlias

import numpy as np

from reference import compiled_loops, depthwise_rows
from reference.backends.numpy import Buffer
from reference.conv import pad
from reference.in_place import add_into
from reference.ndarray import NDArray, common_dtype, empty, zeros
from reference.sliding_windows import Axes, Axis, Box, boxes

Shape: TypeAlias = Sequence[int]
Index: TypeAlias = tuple[slice, ...]


def depthwise(
    x: NDArray, w: NDArray, out_shape: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> NDArray:
    """conv where each group has one channel in: (N, *L, C) with (*K, 1, C * M) -> out_shape."""
    c = x.shape[-1]
    if x.device.is_host:
        out = empty(out_shape, x.device, common_dtype(x, w))
        axes, images, kernels = _axes(w.shape, stride, padding, dilation), _repeated(x, w.shape), _kernels(w)
        _loops(images, kernels).correlate(images, kernels, axes, out.native())
        return out
    x, weights = _padded(x, padding), w.reshape((*w.shape[:-2], c, w.shape[-1] // c))
    out = empty((*out_shape[:-1], *weights.shape[-2:]), x.device, common_dtype(x, w))
    for box in _boxes(out):
        for number, (place, pixels) in enumerate(_places(weights.shape[:-2], box, stride, dilation)):
            term = x[pixels][..., None] * weights[place]
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
    # NumPy's form multiplies the pixels beyond the images by 0, which gives NaN if w is infinite.
    if out_grad.device.is_host and np.isfinite(w.native()).all():
        of_outputs = empty((n, *lengths, w.shape[-1]), out_grad.device, common_dtype(out_grad, w))
        axes, upstream, kernels = _axes(w.shape, stride, padding, dilation), out_grad.native(), _kernels(w)
        x_grad = of_outputs.native()
        _loops(x_grad, upstream, kernels).correlate_x_grad(upstream, kernels, axes, x_grad)
        return (
            of_outputs if c == w.shape[-1] else of_outputs.reshape((n, *lengths, c, w.shape[-1] // c)).sum(-1)
        )
    weights = w.reshape((*w.shape[:-2], c, w.shape[-1] // c))
    upstream = out_grad.reshape((*out_grad.shape[:-1], *weights.shape[-2:]))
    padded = [length + 2 * edge for length, edge in zip(lengths, padding, strict=True)]
    x_grad = zeros((n, *padded, c), out_grad.device, common_dtype(out_grad, w))
    for box in _boxes(upstream):
        for place, pixels in _places(weights.shape[:-2], box, stride, dilation):
            term = upstream[box] * weights[place]
            add_into(term[..., 0] if term.shape[-1] == 1 else term.sum(-1), x_grad[pixels])
    inner = [slice(edge, edge + length) for length, edge in zip(lengths, padding, strict=True)]
    return x_grad[(slice(None), *inner)].compact()


def depthwise_w_grad(
    x: NDArray, out_grad: NDArray, w_shape: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> NDArray:
    """conv_w_grad where each group has one channel in: (N, *L, C) with (N, *L', C * M) -> w_shape."""
    c = x.shape[-1]
    if x.device.is_host:
        result = zeros(w_shape, x.device, common_dtype(x, out_grad))
        axes, images, upstream = (
            _axes(w_shape, stride, padding, dilation),
            _repeated(x, w_shape),
            out_grad.native(),
        )
        _loops(images, upstream).correlate_w_grad(images, upstream, axes, _kernels(result))
        return result
    kernel, of_channel = w_shape[:-2], (c, w_shape[-1] // c)
    x, upstream = _padded(x, padding), out_grad.reshape((*out_grad.shape[:-1], *of_channel))
    w_grad = zeros((*kernel, *of_channel), x.device, common_dtype(x, out_grad))
    pixel_axes = tuple(range(x.ndim - 1))
    for box in _boxes(upstream):
        for place, pixels in _places(kernel, box, stride, dilation):
            add_into((x[pixels][..., None] * upstream[box]).sum(pixel_axes), w_grad[place])
    return w_grad.reshape(w_shape)


def _axes(w_shape: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Axes:
    return tuple(map(Axis, w_shape[:-2], (-edge for edge in padding), stride, dilation))


def _loops(images: Buffer, *others: Buffer) -> ModuleType:
    """The module whose functions are faster on these arrays."""
    return compiled_loops if compiled_loops.are_worth_it(images, *others) else depthwise_rows


def _kernels(w: NDArray) -> Buffer:
    """w (*K, 1, C) as (*K, C)."""
    kernels: Buffer = w.native()[..., 0, :]
    return kernels


def _repeated(x: NDArray, w_shape: Shape) -> Buffer:
    """x with each channel repeated for each of its kernels."""
    times = w_shape[-1] // x.shape[-1]
    return x.native() if times == 1 else np.repeat(x.native(), times, axis=-1)


def _padded(x: NDArray, padding: Shape) -> NDArray:
    return pad(x, ((0, 0), *zip(padding, padding, strict=True), (0, 0))) if any(padding) else x


def _boxes(out: NDArray) -> Iterator[Box]:
    """The pixels of a result (N, *L', C, M), in blocks."""
    *pixels, c, m = out.shape
    return iter(boxes(pixels, c * m, out.device.ops.BLOCK))


def _places(
    kernel: Shape, box: Box, stride: Shape, dilation: Shape
) -> Iterator[tuple[tuple[int, ...], Index]]:
    """Each place of the kernel, with the pixels of padded x that it meets in the windows of a box."""
    images, *windows = box
    for place in itertools.product(*map(range, kernel)):
        pixels = [
            slice(d * a + s * window.start, d * a + s * (window.stop - 1) + 1, s)
            for a, window, s, d in zip(place, windows, stride, dilation, strict=True)
        ]
        yield place, (images, *pixels)
