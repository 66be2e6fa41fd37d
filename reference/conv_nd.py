"""Convolution on any number of axes, with kernel dilation and groups, and its transpose, in the form to run.

`reference.readable.conv_nd` says what the functions compute and derives them; a test holds the two forms
equal. Everything here is the convolution of pictures in `reference.conv`, which is fast, on other views:

- One axis is a picture of height 1.
- On three axes or more, each place of the kernel on the first axis is a convolution on one axis less, with
  slices of x as its images, and the results add up.
- Each group is a convolution of its own channels. If each group has one input channel, there is no product of
  matrices: the kernel's places are multiplied and added up element by element.
"""

from __future__ import annotations

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
    per_axis,
    pixel_slices,
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
    "per_axis",
    "pixel_slices",
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
    return depthwise(x, w, shape, *steps) if _is_depthwise(w.shape, groups) else _conv(x, w, steps, groups)


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
    if _is_depthwise(w.shape, groups):
        return depthwise_x_grad(out_grad, w, x_shape, *steps)
    return _x_grad(out_grad, w, x_shape, steps, groups)


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
    if _is_depthwise(w_shape, groups):
        return depthwise_w_grad(x, out_grad, w_shape, *steps)
    return _w_grad(x, out_grad, w_shape, steps, groups)


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


# Shapes have been checked.


def _steps(axes: int, stride: Numbers, padding: Numbers, dilation: Numbers) -> Steps:
    return Steps(per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes))


def _is_depthwise(w_shape: Shape, groups: int) -> bool:
    return groups > 1 and w_shape[-2] == 1


def _conv(x: NDArray, w: NDArray, steps: Steps, groups: int) -> NDArray:
    axes = x.ndim - 2
    if axes == 1:
        return _conv(x[:, None], w[None], _with_height(steps), groups)[:, 0]
    if axes > 2:
        _, depth, *_ = shape = conv_shape(x.shape, w.shape, *steps, groups)
        x, inner = _padded_depth(x, steps), _inner(steps)
        out = zeros(shape, x.device, common_dtype(x, w))
        for a in range(w.shape[0]):
            images = _slices(x, a, depth, steps)
            part = _conv(images.reshape((-1, *images.shape[2:])), w[a], inner, groups)
            add_into(part.reshape(shape), out)
        return out
    stride, padding, dilation = map(_two, steps)
    return pictures.correlate(
        x, w, conv_shape(x.shape, w.shape, *steps, groups), stride, padding, dilation, groups
    )


def _x_grad(out_grad: NDArray, w: NDArray, x_shape: Shape, steps: Steps, groups: int) -> NDArray:
    axes = len(x_shape) - 2
    if axes == 1:
        n, length, c = x_shape
        shape = (n, 1, length, c)
        return _x_grad(out_grad[:, None], w[None], shape, _with_height(steps), groups)[:, 0]
    if axes > 2:
        n, length, *rest = x_shape
        depth, edge, inner = out_grad.shape[1], steps.padding[0], _inner(steps)
        x_grad = zeros((n, length + 2 * edge, *rest), out_grad.device, common_dtype(out_grad, w))
        upstream = out_grad.reshape((n * depth, *out_grad.shape[2:]))
        for a in range(w.shape[0]):
            part = _x_grad(upstream, w[a], (n * depth, *rest), inner, groups)
            add_into(part.reshape((n, depth, *rest)), _slices(x_grad, a, depth, steps))
        return x_grad[:, edge : edge + length].compact()
    stride, padding, dilation = map(_two, steps)
    return pictures.correlate_x_grad(out_grad, w, tuple(x_shape), stride, padding, dilation, groups)


def _w_grad(x: NDArray, out_grad: NDArray, w_shape: Shape, steps: Steps, groups: int) -> NDArray:
    axes = x.ndim - 2
    if axes == 1:
        return _w_grad(x[:, None], out_grad[:, None], (1, *w_shape), _with_height(steps), groups)[0]
    if axes > 2:
        n, depth, *_ = out_grad.shape
        x, inner = _padded_depth(x, steps), _inner(steps)
        upstream = out_grad.reshape((n * depth, *out_grad.shape[2:]))
        w_grad = empty(w_shape, x.device, common_dtype(x, out_grad))
        for a in range(w_shape[0]):
            images = _slices(x, a, depth, steps)
            w_grad[a] = _w_grad(images.reshape((-1, *images.shape[2:])), upstream, w_shape[1:], inner, groups)
        return w_grad
    stride, padding, dilation = map(_two, steps)
    return pictures.correlate_w_grad(x, out_grad, tuple(w_shape), stride, padding, dilation, groups)


def _two(numbers: tuple[int, ...]) -> tuple[int, int]:
    height, width = numbers
    return height, width


def _with_height(steps: Steps) -> Steps:
    """The steps of one axis, as those of a picture with height 1."""
    (s,), (p,), (d,) = steps
    return Steps((1, s), (0, p), (1, d))


def _inner(steps: Steps) -> Steps:
    """The steps of all axes after the first."""
    return Steps(*(numbers[1:] for numbers in steps))


def _padded_depth(x: NDArray, steps: Steps) -> NDArray:
    edge = steps.padding[0]
    return pad(x, ((0, 0), (edge, edge), *[(0, 0)] * (x.ndim - 2))) if edge else x


def _slices(x: NDArray, place: int, depth: int, steps: Steps) -> NDArray:
    """The slices of padded x, along its first axis, that one place of the kernel meets: a view."""
    return x[(slice(None), *pixel_slices((place,), (depth,), steps.stride[:1], steps.dilation[:1]))]
