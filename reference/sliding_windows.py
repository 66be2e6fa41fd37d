"""Computes the positions of a convolution's or a pooling's windows on images, and cuts images into blocks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from reference.backends.numpy import LONGEST_ITEM, Buffer

Box: TypeAlias = tuple[slice, ...]
"""A range on each axis: images first, then windows."""

Pair: TypeAlias = tuple[int, int]
Geometry: TypeAlias = tuple[Pair, Pair, Pair, Pair]
"""A kernel's size, a stride, a padding and a dilation, each (height, width)."""


class Axis(NamedTuple):
    """Place a of window i is at pixel start + stride * i + dilation * a; `start` is minus the padding."""

    kernel: int
    start: int
    stride: int
    dilation: int = 1

    def pixels(self, windows: slice) -> tuple[int, int]:
        """The first pixel that these windows cover, and the one after the last, also beyond the images."""
        first = self.start + self.stride * windows.start
        last = self.start + self.stride * (windows.stop - 1) + self.dilation * (self.kernel - 1)
        return first, last + 1

    def places(self, windows: slice, size: int) -> Iterator[tuple[slice, slice]]:
        """For each place: the windows where the place is on one of the `size` pixels, and these pixels.

        The windows are counted from the first of them. A place that is on no pixel has two empty ranges.
        """
        for place in range(self.start, self.start + self.dilation * self.kernel, self.dilation):
            first = max(windows.start, -(place // self.stride))
            stop = min(windows.stop, (size - 1 - place) // self.stride + 1)
            if first < stop:
                pixels = slice(self.stride * first + place, self.stride * (stop - 1) + place + 1, self.stride)
                yield slice(first - windows.start, stop - windows.start), pixels
            else:
                yield slice(0, 0), slice(0, 0)

    def without_dilation(self) -> Iterator[tuple[slice, slice, Axis]]:
        """The windows by the remainder of their pixels modulo the dilation: windows, pixels, positions.

        Seen from these pixels alone the places of a window are neighbors.
        """
        shared = math.gcd(self.stride, self.dilation)
        step = self.dilation // shared
        for first in range(step):
            start, remainder = divmod(self.start + self.stride * first, self.dilation)
            pixels = slice(remainder, None, self.dilation)
            yield slice(first, None, step), pixels, Axis(self.kernel, start, self.stride // shared)

    def without_stride(self) -> Iterator[tuple[slice, slice, Axis]]:
        """The places by the remainder of their pixels modulo the stride: places, pixels, positions.

        Seen from these pixels alone, the windows are one pixel apart.
        """
        shared = math.gcd(self.stride, self.dilation)
        step = self.stride // shared
        for first in range(min(step, self.kernel)):
            start, remainder = divmod(self.start + self.dilation * first, self.stride)
            count = len(range(first, self.kernel, step))
            pixels = slice(remainder, None, self.stride)
            yield slice(first, None, step), pixels, Axis(count, start, 1, self.dilation // shared)

    def phase(self, remainder: int) -> tuple[slice, Axis]:
        """The places that are on the pixels r, r + stride, r + 2 * stride, ... for a remainder r.

        Seen from these pixels the windows are places: pixel r + stride * m lies in the windows at
        start + dilation * a + m of the Axis returned, where place a is the a-th last of the places returned.
        """
        step = self.stride // math.gcd(self.stride, self.dilation)
        ahead = remainder - self.start
        places = [a for a in range(self.kernel) if (ahead - self.dilation * a) % self.stride == 0]
        if not places:
            return slice(0), Axis(0, 0, 1, 1)
        start = (ahead - self.dilation * places[-1]) // self.stride
        return slice(places[0], None, step), Axis(len(places), start, 1, self.dilation * step // self.stride)


Axes: TypeAlias = tuple[Axis, ...]


def axes_of(geometry: Geometry) -> Axes:
    """The positions of the windows on the two axes."""
    kernel, stride, padding, dilation = geometry
    return tuple(map(Axis, kernel, (-edge for edge in padding), stride, dilation))


def frame(images: Buffer, axes: Axes, box: Box, out: Buffer) -> None:
    """Write the pixels that the windows of a box cover to `out`, with zeros beyond the images.

    images: (..., N, H, W, C), out: (..., n, h, w, C).
    """
    inside, to = [], []
    for axis, windows, size in zip(axes, box[1:], images.shape[-3:-1], strict=True):
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
    source, target = images[..., box[0], inside[0], inside[1], :], out[..., rows, columns, :]
    channels = out.shape[-1]
    if 1 < channels <= LONGEST_ITEM and source.dtype == out.dtype and source.strides[-1] == source.itemsize:
        # The channels of a pixel move as one item.
        item = np.dtype((np.void, channels * out.itemsize))
        source, target = source.view(item), target.view(item)
    target[...] = source


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
