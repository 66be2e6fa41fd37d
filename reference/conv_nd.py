"""Convolution on any number of axes, with kernel dilation and groups, and its transpose, in the form to run.

`reference.readable.conv_nd` says what the functions compute and derives them; a test holds the two forms
equal. Everything here is the convolution of pictures in `reference.conv`, which is fast, on other views:

- One axis is a picture of height 1.
- Of three axes or more, each place of the kernel on the first one is a convolution of one axis less, with the
  slices of x as its images, and the results add up.
- A dilated kernel sees pixels of one phase: those whose places leave one remainder by the dilation. Each
  phase is a picture on which the kernel is not dilated, and all phases are one batch.
- Each group is a convolution of its own channels. Where each group has one channel in, there is no product of
  matrices: the kernel's places are multiplied in and added up element by element.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from reference import conv as pictures
from reference.conv import check_out_grad, pad
from reference.depthwise import depthwise, depthwise_w_grad, depthwise_x_grad
from reference.in_place import add_into
from reference.ndarray import NDArray, check_device, common_dtype, empty, zeros
from reference.readable.conv_nd import (
    conv_length,
    conv_shape,
    met_pixels,
    per_axis,
    transposed_length,
    transposed_shape,
)

__all__ = [
    "conv",
    "conv_length",
    "conv_shape",
    "conv_transpose",
    "conv_transpose_w_grad",
    "conv_transpose_x_grad",
    "conv_w_grad",
    "conv_x_grad",
    "met_pixels",
    "per_axis",
    "transposed_length",
    "transposed_shape",
]

Numbers: TypeAlias = int | Sequence[int]
Shape: TypeAlias = Sequence[int]


class Steps(NamedTuple):
    """Stride, padding and dilation, each with one number for each axis."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]


def conv(
    x: NDArray, w: NDArray, stride: Numbers = 1, padding: Numbers = 0, dilation: Numbers = 1, groups: int = 1
) -> NDArray:
    """`reference.readable.conv_nd.conv`: (N, *L, C_in) with (*K, C_in / groups, C_out) -> (N, *L', C_out)."""
    check_device(x, w)
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    steps = _steps(x.ndim - 2, stride, padding, dilation)
    if groups == 1:
        return _conv(x, w, steps)
    if _is_depthwise(w.shape):
        return depthwise(x, w, shape, *steps)
    out = empty(shape, x.device, common_dtype(x, w))
    for ins, outs in _channels(w.shape, groups):
        out[..., outs] = _conv(x[..., ins], w[..., outs], steps)
    return out


def conv_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Shape,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> NDArray:
    """`reference.readable.conv_nd.conv_x_grad`: out_grad with (*K, C_in / groups, C_out) -> x_shape."""
    check_device(out_grad, w)
    check_out_grad(out_grad, conv_shape(x_shape, w.shape, stride, padding, dilation, groups))
    steps = _steps(len(x_shape) - 2, stride, padding, dilation)
    if groups == 1:
        return _x_grad(out_grad, w, x_shape, steps)
    if _is_depthwise(w.shape):
        return depthwise_x_grad(out_grad, w, x_shape, *steps)
    x_grad = empty(x_shape, out_grad.device, common_dtype(out_grad, w))
    of_group = (*x_shape[:-1], w.shape[-2])
    for ins, outs in _channels(w.shape, groups):
        x_grad[..., ins] = _x_grad(out_grad[..., outs], w[..., outs], of_group, steps)
    return x_grad


def conv_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Shape,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> NDArray:
    """`reference.readable.conv_nd.conv_w_grad`: (N, *L, C_in) with (N, *L', C_out) -> w_shape."""
    check_device(x, out_grad)
    check_out_grad(out_grad, conv_shape(x.shape, w_shape, stride, padding, dilation, groups))
    steps = _steps(x.ndim - 2, stride, padding, dilation)
    if groups == 1:
        return _w_grad(x, out_grad, w_shape, steps)
    if _is_depthwise(w_shape):
        return depthwise_w_grad(x, out_grad, w_shape, *steps)
    w_grad = empty(w_shape, x.device, common_dtype(x, out_grad))
    of_group = (*w_shape[:-1], w_shape[-1] // groups)
    for ins, outs in _channels(w_shape, groups):
        w_grad[..., outs] = _w_grad(x[..., ins], out_grad[..., outs], of_group, steps)
    return w_grad


def conv_transpose(
    x: NDArray,
    w: NDArray,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
    output_padding: Numbers = 0,
) -> NDArray:
    """`reference.readable.conv_nd.conv_transpose`: x with (*K, C_out / groups, C_in) -> (N, *L', C_out)."""
    shape = transposed_shape(x.shape, w.shape, stride, padding, dilation, groups, output_padding)
    return conv_x_grad(x, w, shape, stride, padding, dilation, groups)


def conv_transpose_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Shape,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
    output_padding: Numbers = 0,
) -> NDArray:
    """`reference.readable.conv_nd.conv_transpose_x_grad`: out_grad (N, *L', C_out) with w -> x_shape."""
    shape = transposed_shape(x_shape, w.shape, stride, padding, dilation, groups, output_padding)
    check_out_grad(out_grad, shape)
    return conv(out_grad, w, stride, padding, dilation, groups)


def conv_transpose_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Shape,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
    output_padding: Numbers = 0,
) -> NDArray:
    """`reference.readable.conv_nd.conv_transpose_w_grad`: (N, *L, C_in) with out_grad -> w_shape."""
    shape = transposed_shape(x.shape, w_shape, stride, padding, dilation, groups, output_padding)
    check_out_grad(out_grad, shape)
    return conv_w_grad(out_grad, x, w_shape, stride, padding, dilation, groups)


# Of one group. Shapes have been checked.


def _steps(axes: int, stride: Numbers, padding: Numbers, dilation: Numbers) -> Steps:
    return Steps(per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes))


def _is_depthwise(w_shape: Shape) -> bool:
    return w_shape[-2] == 1


def _channels(w_shape: Shape, groups: int) -> list[tuple[slice, slice]]:
    """Of each group the channels in and the channels out."""
    c, o = w_shape[-2], w_shape[-1] // groups
    return [(slice(g * c, (g + 1) * c), slice(g * o, (g + 1) * o)) for g in range(groups)]


def _conv(x: NDArray, w: NDArray, steps: Steps) -> NDArray:
    axes = x.ndim - 2
    if axes == 1:
        return _conv(x[:, None], w[None], _with_height(steps))[:, 0]
    if axes > 2:
        _, depth, *_ = shape = conv_shape(x.shape, w.shape, *steps)
        x, inner = _padded_depth(x, steps), _inner(steps)
        out = zeros(shape, x.device, common_dtype(x, w))
        for a in range(w.shape[0]):
            images = _slices(x, a, depth, steps)
            part = _conv(images.reshape((-1, *images.shape[2:])), w[a], inner)
            add_into(part.reshape(shape), out)
        return out
    if steps.dilation == (1, 1):
        return pictures.conv(x, w, _two(steps.stride), _two(steps.padding))
    phases = _Phases(x.shape, w.shape, steps)
    out = pictures.conv(phases.of(x), w, phases.stride)
    return phases.gather(out)


def _x_grad(out_grad: NDArray, w: NDArray, x_shape: Shape, steps: Steps) -> NDArray:
    axes = len(x_shape) - 2
    if axes == 1:
        n, length, c = x_shape
        shape = (n, 1, length, c)
        return _x_grad(out_grad[:, None], w[None], shape, _with_height(steps))[:, 0]
    if axes > 2:
        n, length, *rest = x_shape
        depth, edge, inner = out_grad.shape[1], steps.padding[0], _inner(steps)
        x_grad = zeros((n, length + 2 * edge, *rest), out_grad.device, common_dtype(out_grad, w))
        given = out_grad.reshape((n * depth, *out_grad.shape[2:]))
        for a in range(w.shape[0]):
            part = _x_grad(given, w[a], (n * depth, *rest), inner)
            add_into(part.reshape((n, depth, *rest)), _slices(x_grad, a, depth, steps))
        return x_grad[:, edge : edge + length].compact()
    if steps.dilation == (1, 1):
        return pictures.conv_x_grad(out_grad, w, x_shape, _two(steps.stride), _two(steps.padding))
    phases = _Phases(x_shape, w.shape, steps)
    x_grad = pictures.conv_x_grad(phases.scatter(out_grad), w, phases.shape, phases.stride)
    return phases.back(x_grad)


def _w_grad(x: NDArray, out_grad: NDArray, w_shape: Shape, steps: Steps) -> NDArray:
    axes = x.ndim - 2
    if axes == 1:
        return _w_grad(x[:, None], out_grad[:, None], (1, *w_shape), _with_height(steps))[0]
    if axes > 2:
        n, depth, *_ = out_grad.shape
        x, inner = _padded_depth(x, steps), _inner(steps)
        given = out_grad.reshape((n * depth, *out_grad.shape[2:]))
        w_grad = empty(w_shape, x.device, common_dtype(x, out_grad))
        for a in range(w_shape[0]):
            images = _slices(x, a, depth, steps)
            w_grad[a] = _w_grad(images.reshape((-1, *images.shape[2:])), given, w_shape[1:], inner)
        return w_grad
    if steps.dilation == (1, 1):
        return pictures.conv_w_grad(x, out_grad, w_shape, _two(steps.stride), _two(steps.padding))
    phases = _Phases(x.shape, w_shape, steps)
    return pictures.conv_w_grad(phases.of(x), phases.scatter(out_grad), w_shape, phases.stride)


def _two(numbers: tuple[int, ...]) -> tuple[int, int]:
    height, width = numbers
    return height, width


def _with_height(steps: Steps) -> Steps:
    """Of an axis as a picture of height 1."""
    (s,), (p,), (d,) = steps
    return Steps((1, s), (0, p), (1, d))


def _inner(steps: Steps) -> Steps:
    """Of the axes behind the first."""
    return Steps(*(numbers[1:] for numbers in steps))


def _padded_depth(x: NDArray, steps: Steps) -> NDArray:
    edge = steps.padding[0]
    return pad(x, ((0, 0), (edge, edge), *[(0, 0)] * (x.ndim - 2))) if edge else x


def _slices(x: NDArray, place: int, depth: int, steps: Steps) -> NDArray:
    """The slices of padded x, along its first axis, that one place of the kernel meets: a view."""
    return x[(slice(None), *met_pixels((place,), (depth,), steps.stride[:1], steps.dilation[:1]))]


class _Phases:
    """Pictures for which a dilated kernel is an ordinary one.

    On one axis out[i] meets x'[s * i + d * a]. With g the greatest common divisor of s and d, and q for
    i mod (d / g), out[(d / g) * m + q] meets x'[s * q + d * ((s / g) * m + a)]: for each q it is a
    convolution, with stride s / g, of the pixels x'[s * q], x'[s * q + d], x'[s * q + 2 * d], ... No pixel is
    in two of these pictures.
    """

    def __init__(self, x_shape: Shape, w_shape: Shape, steps: Steps) -> None:
        n, *sizes, c_in = x_shape
        _, *out, _ = conv_shape(x_shape, w_shape, *steps)
        self._n, self._sizes, self._steps, self._out = n, sizes, steps, out
        divisors = [math.gcd(s, d) for s, d in zip(steps.stride, steps.dilation, strict=True)]
        self._counts = [d // g for d, g in zip(steps.dilation, divisors, strict=True)]
        height, width = (s // g for s, g in zip(steps.stride, divisors, strict=True))
        self.stride = height, width
        self._rows = [-(-length // q) for length, q in zip(out, self._counts, strict=True)]
        self._lengths = [
            s * (m - 1) + k for s, m, k in zip(self.stride, self._rows, w_shape[:-2], strict=True)
        ]
        self.shape = (n * math.prod(self._counts), *self._lengths, c_in)
        covered = [
            s * (q - 1) + d * (length - 1) + 1
            for s, d, q, length in zip(steps.stride, steps.dilation, self._counts, self._lengths, strict=True)
        ]
        # So much goes in front of the images and behind them; a negative number cuts off.
        self._edges = [(p, c - p - size) for p, c, size in zip(steps.padding, covered, sizes, strict=True)]

    def _view(self, padded: NDArray) -> NDArray:
        """The pictures (N, Q_h, Q_w, H_q, W_q, C) in the memory of padded images."""
        (image, row, column, channel), ((s_h, s_w), _, (d_h, d_w)) = padded.strides, self._steps
        return padded.as_strided(
            (self._n, *self._counts, *self._lengths, padded.shape[-1]),
            (image, s_h * row, s_w * column, d_h * row, d_w * column, channel),
        )

    def of(self, x: NDArray) -> NDArray:
        """The pictures of images x, as one batch."""
        return self._view(pad(x, ((0, 0), *self._edges, (0, 0)))).reshape(self.shape)

    def gather(self, out: NDArray) -> NDArray:
        """The result of the whole convolution from those of the pictures."""
        (q_h, q_w), (m_h, m_w), c = self._counts, self._rows, out.shape[-1]
        apart = out.reshape((self._n, q_h, q_w, m_h, m_w, c)).permute((0, 3, 1, 4, 2, 5))
        whole = apart.reshape((self._n, m_h * q_h, m_w * q_w, c))
        return whole[:, : self._out[0], : self._out[1]].compact()

    def scatter(self, out_grad: NDArray) -> NDArray:
        """The transpose of gather: the upstream gradients of the pictures."""
        (q_h, q_w), (m_h, m_w), c = self._counts, self._rows, out_grad.shape[-1]
        more = [(0, m * q - n) for m, q, n in zip(self._rows, self._counts, self._out, strict=True)]
        whole = pad(out_grad, ((0, 0), *more, (0, 0))).reshape((self._n, m_h, q_h, m_w, q_w, c))
        return whole.permute((0, 2, 4, 1, 3, 5)).reshape((self._n * q_h * q_w, m_h, m_w, c))

    def back(self, x_grad: NDArray) -> NDArray:
        """The transpose of `of`: the gradient of the images from those of the pictures."""
        lengths = [size + low + high for size, (low, high) in zip(self._sizes, self._edges, strict=True)]
        padded = zeros((self._n, *lengths, x_grad.shape[-1]), x_grad.device, x_grad.dtype)
        view = self._view(padded)
        view[...] = x_grad.reshape(view.shape)
        return pad(padded, ((0, 0), *((-low, -high) for low, high in self._edges), (0, 0)))
