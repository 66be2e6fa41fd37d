"""Convolution on the CPU as many products of matrices, with copies of the windows' columns only.

im2col copies each pixel KH * KW times. Here each is copied KW times, because the rows of a window can be
neighbors in memory as they are. For the forward pass, column j of all windows is a *strip* (H, KW, C). The
window at (i, j) is a piece of strip j, and the windows of row i are the rows of a matrix, one strip apart.
For w_grad the same numbers lie line by line, (H, N, W', KW, C): the pixels that row a of the kernel meets are
a matrix with a row for each window. OpenBLAS multiplies either matrix without a further copy.

Images are (N, H, W, C), w (KH, KW, C / groups, C_out), results (N, H', W', C_out). Shapes have been checked.
"""

from __future__ import annotations

import itertools

import numpy as np

from reference.backends.numpy import SMALL_PRODUCT, Buffer, Shape, compact, strided
from reference.scratch_buffers import Memory
from reference.sliding_windows import Axes, Axis, Box, boxes, frame

CACHED = 2**19
"""The number of copied elements that are multiplied at once."""

FEW_ROWS, FEW_COLUMNS = 12, 32
"""The number of rows that makes OpenBLAS fast, and the number of columns to cut the other matrix to."""

MOST_TERMS = SMALL_PRODUCT // (FEW_ROWS * FEW_COLUMNS)
"""The largest number of terms in a sum for which a product still counts as small."""

MANY_TERMS = 128
"""The number of terms from which a small product is worth the addition of its result to the others."""


def multiply(images: Buffer, axes: Axes, w: Buffer, groups: int, out: Buffer) -> None:
    """Write the products of the windows with `w`, for each group of channels, to `out`: it may be a view."""
    (rows, columns), memory = axes, Memory()
    _, k_w, c_in, c_out = w.shape
    terms = rows.kernel * k_w * c_in
    parts = cuts(terms, c_out // groups)
    each = c_out // groups // parts
    right = np.ascontiguousarray(w.reshape(terms, groups, parts, each).transpose(1, 2, 0, 3))
    for windows, pixels, dense in rows.without_dilation():
        source, target = images[:, pixels], out[:, windows]
        n, height, width, _ = target.shape
        if not target.size:
            continue
        length = dense.stride * (height - 1) + dense.kernel
        strip = length * k_w * c_in
        for batch, across in boxes((n, width), groups * strip, CACHED):
            box = batch, slice(0, height), across
            by_group = split_groups(source, (dense, columns), box, groups, memory)
            group, image, row, pixel, channel = steps_of(by_group)
            shape = (*by_group.shape[:2], across.stop - across.start, length, k_w, c_in)
            steps = group, image, columns.stride * pixel, row, columns.dilation * pixel, channel
            strips = memory.array("strips", shape, by_group.dtype)
            compact(by_group.reshape(-1), shape, steps, 0, strips.reshape(-1))
            group, image, _, row, _, _ = steps_of(strips)
            for first, count, at_once in pieces(shape[2], terms * each):
                left = strided(
                    strips.reshape(-1),
                    (groups, 1, shape[1], height, count, at_once, terms),
                    (group, 0, image, dense.stride * row, at_once * strip, strip, 1),
                    first * strip,
                )
                to = target[batch, :, across][:, :, first : first + count * at_once]
                to = to.reshape(*to.shape[:2], count, at_once, groups, parts, each)
                np.matmul(left, right[:, :, None, None, None], out=to.transpose(4, 5, 0, 1, 2, 3, 6))


def spread(out_grad: Buffer, axes: Axes, w: Buffer, groups: int, x_grad: Buffer) -> None:
    """Write the gradient with respect to the images of the products of the windows with `w` over `x_grad`.

    Pixels a stride apart lie in the same places of their windows: they are of one phase. The gradient of a
    phase is out_grad, convolved at stride 1 with these places in the opposite order.
    """
    strides = [axis.stride for axis in axes]
    of_groups = w.reshape(*w.shape[:3], groups, w.shape[3] // groups).transpose(0, 1, 4, 3, 2)
    for first in itertools.product(*map(range, strides)):
        target = x_grad[:, first[0] :: strides[0], first[1] :: strides[1]]
        places, phases = zip(*map(Axis.phase, axes, first), strict=True)
        if all(phase.kernel for phase in phases):
            part = of_groups[places][::-1, ::-1]
            multiply(out_grad, phases, part.reshape(*part.shape[:3], groups * w.shape[2]), groups, target)
        else:
            target[...] = 0


def multiply_transposed(images: Buffer, axes: Axes, out_grad: Buffer, groups: int, w_grad: Buffer) -> None:
    """Add the products of the transposed windows with out_grad, for each group of channels, to `w_grad`."""
    (rows, columns), memory = axes, Memory()
    n, height, width, _ = out_grad.shape
    _, k_w, c_in, c_out = w_grad.shape
    terms, each = k_w * c_in, c_out // groups
    # A small product of so large a result has too few terms: then all rows are multiplied at once.
    whole = MANY_TERMS * terms * each > SMALL_PRODUCT
    if not out_grad.size:
        return
    for places, pixels, dense in rows.without_stride():
        source = images[:, pixels]
        for batch, down in boxes((n, height), groups * width * terms, CACHED):
            by_group = split_groups(source, (dense, columns), (batch, down, slice(0, width)), groups, memory)
            group, image, row, pixel, channel = steps_of(by_group)
            # The lines of all images lie together, so that one product adds up over the images as well.
            shape = (groups, by_group.shape[2], by_group.shape[1], width, k_w, c_in)
            steps = group, row, image, columns.stride * pixel, columns.dilation * pixel, channel
            lines = memory.array("lines", shape, by_group.dtype)
            compact(by_group.reshape(-1), shape, steps, 0, lines.reshape(-1))
            group, row, *_ = steps_of(lines)
            upstream = out_grad[batch, down].swapaxes(0, 1)
            right = memory.array("upstream", upstream.shape, upstream.dtype)
            right[...] = upstream
            across = shape[2] * width  # the number of windows in a row of all images
            for first, count, at_once in pieces(len(right), 0 if whole else across * terms * each):
                left = strided(
                    lines.reshape(-1),
                    (groups, dense.kernel, count, terms, at_once * across),
                    (group, dense.dilation * row, at_once * row, 1, terms),
                    first * row,
                )
                part = right[first : first + count * at_once].reshape(
                    1, count, at_once * across, groups, each
                )
                products = memory.array("products", (groups, dense.kernel, count, terms, each), w_grad.dtype)
                np.matmul(left, part.transpose(3, 0, 1, 2, 4), out=products)
                total = products.sum(2).reshape(groups, dense.kernel, k_w, c_in, each)
                to = w_grad[places].reshape(*total.shape[1:4], groups, each)
                to += total.transpose(1, 2, 3, 0, 4)


def cuts(terms: int, columns: int) -> int:
    """The number of parts to cut a matrix (terms, columns) into: enough rows times a part are a small
    product.
    """
    parts = 1
    while (
        FEW_ROWS * terms * columns > SMALL_PRODUCT * parts
        and columns % (2 * parts) == 0
        and columns >= 2 * parts * FEW_COLUMNS
    ):
        parts *= 2
    return parts


def pieces(length: int, multiplications: int) -> list[tuple[int, int, int]]:
    """Cut `length` rows, of `multiplications` each, into small products: (first row, how many, rows of each).

    A second entry has the rows that are left. Rows by the four are fastest.
    """
    limit = SMALL_PRODUCT // max(multiplications, 1)
    if limit < 1 or length <= limit:
        return [(0, 1, length)]
    size = -(-length // -(-length // limit))
    if limit >= 4:
        size = -(-length // -(-length // (limit // 4 * 4)))
        size = -(-size // 4) * 4
    count, rest = divmod(length, size)
    return [(0, count, size), *([(count * size, 1, rest)] if rest else [])]


def split_groups(images: Buffer, axes: Axes, box: Box, groups: int, memory: Memory) -> Buffer:
    """The pixels that the windows of a box cover, with zeros beyond the images: (groups, n, h, w,
    C / groups).
    """
    batch, *places = box
    c = images.shape[-1] // groups
    lengths = (stop - start for start, stop in map(Axis.pixels, axes, places))
    by_group = memory.array("by group", (groups, batch.stop - batch.start, *lengths, c), images.dtype)
    frame(images.reshape(*images.shape[:3], groups, c).transpose(3, 0, 1, 2, 4), axes, box, by_group)
    return by_group


def steps_of(a: Buffer) -> Shape:
    """The strides of an array in elements."""
    return tuple(step // a.itemsize for step in a.strides)
