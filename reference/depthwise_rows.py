"""Depthwise convolution on the CPU, in NumPy itself.

NumPy takes as long to begin a run of neighbors as to go through a hundred of them. So here a row of windows
is one run. If windows are `stride` apart, the pixels that one place of the kernel meets all have the same
remainder modulo the stride. Sorted by this remainder, they are next to each other, with all channels. Results
are computed block by block, so that a block and its inputs fit into a cache.

Images are (N, *L, C), results (N, *L', C), with any number of axes. Shapes have been checked.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from reference.backends import numpy as backend
from reference.backends.numpy import Buffer, Shape
from reference.scratch_buffers import Memory
from reference.sliding_windows import Axes, Axis, Box, boxes

Index: TypeAlias = tuple[Any, ...]
Labels: TypeAlias = list[int]

CACHED = 2**17
"""The number of elements of a result that are computed at once."""


def correlate(x: Buffer, w: Buffer, axes: Axes, out: Buffer) -> None:
    """Write the sum over the places a of x[n, pixel that a meets, c] * w[a, c] to out[n, i, c].

    w: (*K, C). `out` may be any view.
    """
    if not out.size:
        return
    memory, (lines, kernel, run) = Memory(), _labels(out.ndim)
    weights = np.tile(w, out.shape[-2])  # for a whole row of windows
    for box in boxes(out.shape[:-1], out.shape[-1], CACHED):
        region = _region(x, box, axes, memory)
        for number, (places, pixels) in enumerate(_rows(region, out[box].shape, axes)):
            total = memory.array("total", pixels.shape[: len(lines)] + pixels.shape[-1:], out.dtype)
            # For each row of windows this is one sum over the places, without a copy.
            operands = pixels, lines + kernel + run, weights[places][..., : pixels.shape[-1]], kernel + run
            np.einsum(*operands, lines + run, out=total)
            if number == 0:
                out[box] = total.reshape(out[box].shape)
            else:
                out[box] += total.reshape(out[box].shape)


def correlate_x_grad(out_grad: Buffer, w: Buffer, axes: Axes, x_grad: Buffer) -> None:
    """Write the gradient of sum(out_grad * out), of correlate, with respect to x over x_grad.

    Pixels a stride apart are met by the same places of the kernel. Their gradients are out_grad correlated,
    at stride 1, with these places in the opposite order.
    """
    strides = [axis.stride for axis in axes]
    for first in itertools.product(*map(range, strides)):
        target = x_grad[(slice(None), *map(slice, first, x_grad.shape[1:-1], strides))]
        places, phases = zip(*map(Axis.phase, axes, first), strict=True)
        if all(phase.kernel for phase in phases):
            correlate(out_grad, np.flip(w[places], tuple(range(len(axes)))), phases, target)
        else:
            target[...] = 0


def correlate_w_grad(x: Buffer, out_grad: Buffer, axes: Axes, w_grad: Buffer) -> None:
    """Add the gradient of sum(out_grad * out), of correlate, with respect to w to w_grad (*K, C)."""
    if not out_grad.size:
        return
    memory, (lines, kernel, run) = Memory(), _labels(out_grad.ndim)
    for box in boxes(out_grad.shape[:-1], out_grad.shape[-1], CACHED):
        upstream, region = out_grad[box], _region(x, box, axes, memory)
        across = upstream.reshape(*upstream.shape[:-2], -1)
        for places, pixels in _rows(region, upstream.shape, axes):
            total = memory.array("total", pixels.shape[len(lines) :], w_grad.dtype)
            np.einsum(pixels, lines + kernel + run, across, lines + run, kernel + run, out=total)
            w_grad[places] += total.reshape(*total.shape[:-1], *upstream.shape[-2:]).sum(-2)


def _region(x: Buffer, box: Box, axes: Axes, memory: Memory) -> Buffer:
    """The part of the images that the windows of a box cover, as (n, *lines, stride, columns, C).

    The pixels of its last axis are sorted: pixel q is at [q % stride, q // stride].
    """
    images, *places = box
    spans = [axis.pixels(place) for axis, place in zip(axes, places, strict=True)]
    *lines, width = (stop - first for first, stop in spans)
    stride = axes[-1].stride
    shape = (images.stop - images.start, *lines, stride, -(-width // stride), x.shape[-1])
    region = memory.array("region", shape, x.dtype)
    region[...] = 0
    inside = [
        slice(min(max(first, 0), size), min(max(stop, 0), size))
        for (first, stop), size in zip(spans, x.shape[1:-1], strict=True)
    ]
    to = [
        slice(part.start - first, part.stop - first) for part, (first, _) in zip(inside, spans, strict=True)
    ]
    pixels, columns = inside.pop(), to.pop()
    for ahead in range(stride):
        source = x[(images, *inside, slice(pixels.start + ahead, pixels.stop, stride))]
        column, remainder = divmod(columns.start + ahead, stride)
        region[(slice(None), *to, remainder, slice(column, column + source.shape[-2]))] = source
    return region


def _rows(region: Buffer, shape: Shape, axes: Axes) -> Iterator[tuple[Index, Buffer]]:
    """For each remainder modulo the stride: the places of the kernel that meet it, and the pixels that they
    meet.

    That is a view (n, *L' but the last axis, *K, run) of the region, where a run is a row of windows.
    """
    *lines, across = axes
    n, *counts, width, channels = shape
    image, *line_steps, _, _, _ = (step // region.itemsize for step in region.strides)
    step = across.stride // math.gcd(across.stride, across.dilation)
    for first in range(min(step, across.kernel)):
        column, remainder = divmod(across.dilation * first, across.stride)
        places = range(first, across.kernel, step)
        view = backend.strided(
            region.reshape(-1),
            (n, *counts, *(axis.kernel for axis in lines), len(places), width * channels),
            (
                image,
                *(axis.stride * line_step for axis, line_step in zip(lines, line_steps, strict=True)),
                *(axis.dilation * line_step for axis, line_step in zip(lines, line_steps, strict=True)),
                across.dilation * step // across.stride * channels,
                1,
            ),
            (remainder * region.shape[-2] + column) * channels,
        )
        yield (*[slice(None)] * len(lines), slice(first, None, step)), view


def _labels(ndim: int) -> tuple[Labels, Labels, Labels]:
    """einsum's labels of the axes of _rows' views: images and lines, kernel, run."""
    return list(range(ndim - 2)), list(range(ndim - 2, 2 * ndim - 4)), [2 * ndim - 4]
