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

Box: TypeAlias = tuple[slice, ...]
Pair: TypeAlias = tuple[int, int]
Geometry: TypeAlias = tuple[Pair, Pair, Pair]
"""A kernel's size, a stride and a padding, each (height, width)."""


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
    (k_h, k_w), (s_h, s_w), _ = geometry
    channels, done, memory = images.shape[3], 0, None
    # A block is best used while in the cache, but if each multiplies a large matrix, fewer blocks are better.
    large = k_h * k_w * channels * out_shape[3] > backend.BLOCK // 16
    room = backend.BLOCK // (2 if large else 6)
    for box in boxes(out_shape[:3], max(k_h * k_w, s_h * s_w) * channels, room):
        seen, _, (image, row, column, channel), start = covered(images, geometry, box)
        steps = image, s_h * row, s_w * column, row, column, channel
        shape = (*(places.stop - places.start for places in box), k_h, k_w, channels)
        size, count = math.prod(shape), math.prod(shape[:3])
        if memory is None:
            memory = np.empty(size, images.buffer.dtype)  # the first box is the largest
        backend.compact(seen, shape, steps, start, memory[:size])
        yield slice(done, done + count), memory[:size].reshape(count, k_h * k_w * channels)
        done += count


def covered(images: View, geometry: Geometry, box: Box) -> View:
    """The part of the padded images that the windows of a box cover.

    It is in the images' own buffer unless one of the windows reaches beyond the images.
    """
    a, shape, strides, offset = images
    ((k_h, k_w), (s_h, s_w), (p_h, p_w)), (batch, rows, columns) = geometry, box
    top, bottom = s_h * rows.start - p_h, s_h * (rows.stop - 1) + k_h - p_h
    left, right = s_w * columns.start - p_w, s_w * (columns.stop - 1) + k_w - p_w
    if top >= 0 and left >= 0 and bottom <= shape[1] and right <= shape[2]:
        covered_shape = (batch.stop - batch.start, bottom - top, right - left, shape[3])
        first = offset + batch.start * strides[0] + top * strides[1] + left * strides[2]
        return View(a, covered_shape, strides, first)

    inside = backend.strided(*images)[batch, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    count, height, width, channels = inside.shape
    padded = np.empty((count, bottom - top, right - left, channels), a.dtype)
    y, x = max(-top, 0), max(-left, 0)
    for edge in (padded[:, :y], padded[:, y + height :], padded[:, :, :x], padded[:, :, x + width :]):
        edge[...] = 0
    padded[:, y : y + height, x : x + width] = inside
    image = (bottom - top) * (right - left) * channels
    return View(padded.reshape(-1), padded.shape, (image, (right - left) * channels, channels, 1), 0)


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
