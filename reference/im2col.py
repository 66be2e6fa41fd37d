"""Cache-blocked products with im2col(x) on the CPU, on flat buffers as in `backends`.

A convolution of few channels takes so little time that the overhead matters: each call, and a copy that
leaves the cache. So this module calls NumPy directly, without NDArray.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from reference.backends import numpy as backend
from reference.backends.numpy import Buffer, Shape
from reference.backends.view import View
from reference.scratch_buffers import Memory
from reference.sliding_windows import Axis

Box: TypeAlias = tuple[slice, ...]
Pair: TypeAlias = tuple[int, int]
Geometry: TypeAlias = tuple[Pair, Pair, Pair, Pair]
"""A kernel's size, a stride, a padding and a dilation, each (height, width)."""


def multiply(images: View, geometry: Geometry, out_shape: Shape, b: Buffer, out: Buffer) -> None:
    """The windows of images as the rows of a matrix, KH * KW * C numbers each, times the matrix `b`.

    images: (N, H, W, C), out: (N, H', W', columns of b), a row for each window.
    """
    rows = out.reshape(math.prod(out_shape[:3]), out_shape[3])
    right = b.reshape(math.prod(geometry[0]) * images.shape[3], out_shape[3])
    for place, left in blocks(images, geometry, out_shape):
        backend.multiply_matrices(left, right, rows[place])


def multiply_transposed(images: View, geometry: Geometry, b_shape: Shape, b: Buffer, out: Buffer) -> None:
    """The transpose of multiply's matrix times `b`, (N, H', W', its columns): a row for each window."""
    rows = b.reshape(math.prod(b_shape[:3]), b_shape[3])
    total = out.reshape(math.prod(geometry[0]) * images.shape[3], b_shape[3])
    for place, left in blocks(images, geometry, b_shape):
        if place.start == 0:
            backend.multiply_matrices(left.T, rows[place], total)
        else:
            product = np.empty(total.shape, out.dtype)
            backend.multiply_matrices(left.T, rows[place], product)
            total += product


def blocks(images: View, geometry: Geometry, out_shape: Shape) -> Iterator[tuple[slice, Buffer]]:
    """Yields multiply's matrix in blocks: the row range, and the rows, valid until the next block."""
    (k_h, k_w), (s_h, s_w), _, (d_h, d_w) = geometry
    channels, done, memory = images.shape[3], 0, None
    # A block is best used while in the cache, but if each multiplies a large matrix, fewer blocks are better.
    large = k_h * k_w * channels * out_shape[3] > backend.BLOCK // 16
    room = backend.BLOCK // (2 if large else 6)
    for box in boxes(out_shape[:3], max(k_h * k_w, s_h * s_w) * channels, room):
        seen, _, (image, row, column, channel), start = covered(images, geometry, box)
        steps = image, s_h * row, s_w * column, d_h * row, d_w * column, channel
        shape = (*(places.stop - places.start for places in box), k_h, k_w, channels)
        size, count = math.prod(shape), math.prod(shape[:3])
        if memory is None:
            memory = np.empty(size, images.buffer.dtype)  # the first box is the largest
        backend.compact(seen, shape, steps, start, memory[:size])
        yield slice(done, done + count), memory[:size].reshape(count, k_h * k_w * channels)
        done += count


def multiply_groups(
    images: View, geometry: Geometry, out_shape: Shape, b: Buffer, out: Buffer, groups: int
) -> None:
    """multiply for each group of channels, with the columns of `b` that belong to it."""
    rows = out.reshape(math.prod(out_shape[:3]), groups, out_shape[3] // groups).swapaxes(0, 1)
    right = np.ascontiguousarray(b.reshape(-1, groups, rows.shape[2]).swapaxes(0, 1))
    for place, left in group_blocks(images, geometry, out_shape, groups):
        np.matmul(left, right, out=rows[:, place])


def multiply_groups_transposed(
    images: View, geometry: Geometry, b_shape: Shape, b: Buffer, out: Buffer, groups: int
) -> None:
    """multiply_transposed for each group of channels, with the columns of `b` that belong to it."""
    rows = b.reshape(math.prod(b_shape[:3]), groups, b_shape[3] // groups).swapaxes(0, 1)
    total = out.reshape(-1, groups, rows.shape[2]).swapaxes(0, 1)
    total[...] = 0
    for place, left in group_blocks(images, geometry, b_shape, groups):
        total += np.matmul(left.swapaxes(1, 2), rows[:, place])


def group_blocks(
    images: View, geometry: Geometry, out_shape: Shape, groups: int
) -> Iterator[tuple[slice, Buffer]]:
    """`blocks` for each group: the row range, and (groups, rows, KH * KW * C / groups)."""
    (k_h, k_w), (s_h, s_w), _, (d_h, d_w) = geometry
    if 0 in out_shape:
        return
    source = backend.strided(*images)
    source = source.reshape(*source.shape[:3], groups, source.shape[3] // groups)
    memory, done = Memory(), 0
    for box in boxes(out_shape[:3], k_h * k_w * images.shape[3], backend.BLOCK // 3):
        # First the groups are taken apart, so that what a row of the kernel meets is one run.
        counts = tuple(of.stop - of.start for of in box)
        lengths = (stop - start for start, stop in map(Axis.pixels, axes_of(geometry), box[1:]))
        apart = memory.array("apart", (groups, counts[0], *lengths, source.shape[4]), source.dtype)
        frame(np.moveaxis(source, 3, 0), geometry, box, apart)
        group, image, row, column, channel = (step // apart.itemsize for step in apart.strides)
        steps = group, image, s_h * row, s_w * column, d_h * row, d_w * column, channel
        matrix = memory.array("matrix", (groups, *counts, k_h, k_w, source.shape[4]), source.dtype)
        backend.compact(apart.reshape(-1), matrix.shape, steps, 0, matrix.reshape(-1))
        count = math.prod(counts)
        yield slice(done, done + count), matrix.reshape(groups, count, -1)
        done += count


def covered(images: View, geometry: Geometry, box: Box) -> View:
    """The part of the padded images that the windows of a box cover.

    It is in the images' own buffer unless one of the windows reaches beyond the images.
    """
    a, shape, strides, offset = images
    batch, *places = box
    (top, bottom), (left, right) = map(Axis.pixels, axes_of(geometry), places)
    if top >= 0 and left >= 0 and bottom <= shape[1] and right <= shape[2]:
        covered_shape = (batch.stop - batch.start, bottom - top, right - left, shape[3])
        first = offset + batch.start * strides[0] + top * strides[1] + left * strides[2]
        return View(a, covered_shape, strides, first)

    height, width, channels = bottom - top, right - left, shape[3]
    padded = np.empty((batch.stop - batch.start, height, width, channels), a.dtype)
    frame(backend.strided(*images), geometry, box, padded)
    steps = height * width * channels, width * channels, channels, 1
    return View(padded.reshape(-1), padded.shape, steps, 0)


def frame(images: Buffer, geometry: Geometry, box: Box, out: Buffer) -> None:
    """Write to `out` what the windows of a box cover, with zeros beyond the images.

    images: (..., N, H, W, C), out: (..., n, h, w, C).
    """
    inside, to = [], []
    for axis, windows, size in zip(axes_of(geometry), box[1:], images.shape[-3:-1], strict=True):
        first, stop = axis.pixels(windows)
        start = min(max(first, 0), size)
        length = max(min(stop, size) - start, 0)
        before = min(max(-first, 0), stop - first)
        inside.append(slice(start, start + length))
        to.append(slice(before, before + length))
    rows, columns = to
    out[..., : rows.start, :, :] = 0
    out[..., rows.stop :, :, :] = 0
    out[..., : columns.start, :] = 0
    out[..., columns.stop :, :] = 0
    out[..., rows, columns, :] = images[..., box[0], inside[0], inside[1], :]


def axes_of(geometry: Geometry) -> Iterator[Axis]:
    """Where the windows lie on the two axes."""
    kernel, stride, padding, dilation = geometry
    return map(Axis, kernel, (-edge for edge in padding), stride, dilation)


def boxes(lengths: Sequence[int], elements: int, limit: int) -> Iterable[Box]:
    """Cut (images, rows, columns) into boxes of at most `limit` elements, `elements` to a pixel.

    A box is one run of pixels in row-major order. One pixel may be larger than the limit.
    """
    if math.prod(lengths) * elements <= limit:
        return [tuple(slice(0, n) for n in lengths)]
    room = limit // max(elements, 1)
    steps: list[int] = []
    for length in reversed(lengths):
        parts = -(-length // min(max(room, 1), max(length, 1)))  # as few as possible, of equal sizes
        steps.insert(0, -(-length // max(parts, 1)) or 1)
        room //= max(length, 1)
    cuts = (
        [slice(i, min(i + step, n)) for i in range(0, n, step)]
        for n, step in zip(lengths, steps, strict=True)
    )
    return itertools.product(*cuts)
