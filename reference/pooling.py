"""Pooling with its gradients, in the form to run: on a CPU axis by axis, in blocks that its cache holds.

`reference.readable.pooling` says what the functions compute, and runs on every other device. On a CPU no
frame is put around the images: a place of the first or the last windows that has no pixel is left out. The
largest number of a window is the largest of its rows' results, and likewise for the sum. So each axis is done
by itself: KH + KW steps, not KH * KW. The gradients take the same steps back. The first of several equal
numbers, row by row, is the first in the first row that has one, so max_pool_grad goes along the axes in their
order. If Numba is installed, `reference.compiled_loops` computes the gradients of large images.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from reference import compiled_loops
from reference.backends.numpy import Buffer
from reference.conv import check_out_grad
from reference.ndarray import NDArray, check_device, common_dtype, empty
from reference.readable import pooling as readable
from reference.readable.conv_nd import per_axis
from reference.readable.pooling import global_average_pool, global_average_pool_grad, pool_lengths
from reference.scratch_buffers import Memory
from reference.sliding_windows import Axes, Axis, Box, boxes

__all__ = [
    "average_pool",
    "average_pool_grad",
    "global_average_pool",
    "global_average_pool_grad",
    "max_pool",
    "max_pool_grad",
    "pool_lengths",
]

Numbers: TypeAlias = int | Sequence[int]
Term: TypeAlias = tuple[slice, Buffer]
"""A range on an axis, and the numbers for it."""

Phase: TypeAlias = tuple[slice, list[tuple[int, slice, slice]]]
"""Pixels of an axis; of each place on them the number, a range of these pixels, and the windows there."""

CACHED = 2**16
"""The elements of a result that are computed at once: their intermediate values stay in a cache."""


def max_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.max_pool`: (N, *L, C) -> (N, *L', C)."""
    if not x.device.is_host:
        return readable.max_pool(x, window, stride, padding)
    return _pool(np.maximum, -math.inf, x, window, stride, padding)


def max_pool_grad(
    out_grad: NDArray, x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.max_pool_grad`: (N, *L', C) and x (N, *L, C) -> (N, *L, C).

    A window with a NaN has no largest number: in both forms its gradient goes nowhere.
    """
    check_device(out_grad, x)
    if not x.device.is_host:
        return readable.max_pool_grad(out_grad, x, window, stride, padding)
    axes, lengths = _axes(x.shape, window, stride, padding)
    check_out_grad(out_grad, (x.shape[0], *lengths, x.shape[-1]))
    x_grad = empty(x.shape, x.device, common_dtype(out_grad, x))
    upstream, images, grads, memory = out_grad.native(), x.native(), x_grad.native(), Memory()
    if compiled_loops.are_worth_it(images, upstream):
        compiled_loops.max_pool_grad(upstream, images, axes, grads)
        return x_grad
    sizes = list(zip(axes, lengths, x.shape[1:-1], strict=True))
    places = [list(axis.places(slice(0, count), size)) for axis, count, size in sizes]
    phases = [_phases(axis, count, size) for axis, count, size in sizes]
    for (batch,) in boxes(x.shape[:1], math.prod(x.shape[1:]), CACHED):
        # A copy is read once, in order, and then lies in the cache.
        left, choices = memory.array("images", images[batch].shape, x.dtype), []
        left[...] = images[batch]
        # From the last axis to the first: the numbers that each window meets, and the largest of them.
        for number in range(len(axes), 0, -1):
            terms = _terms(left, axes[number - 1], places[number - 1], number, memory)
            shape = (*left.shape[:number], lengths[number - 1], *left.shape[number + 1 :])
            left = memory.array(f"largest {number}", shape, x.dtype)
            _fold(np.maximum, -math.inf, terms, number, left)
            choices.append((terms, left))
        grad = upstream[batch] * (left == left)  # NaN has no place: no number equals it
        for number, phase in enumerate(phases, 1):
            shares = _shares(*choices[-number], grad, number, memory)
            to = grads[batch] if number == len(axes) else None
            grad = _spread(shares, phase, number, x.shape[number], to, memory)
    return x_grad


def average_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.average_pool`: (N, *L, C) -> (N, *L', C)."""
    if not x.device.is_host:
        return readable.average_pool(x, window, stride, padding)
    return _pool(np.add, 0.0, x, window, stride, padding, math.prod(per_axis(window, x.ndim - 2)))


def average_pool_grad(
    out_grad: NDArray, x_shape: Sequence[int], window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.average_pool_grad`: (N, *L', C) -> x_shape (N, *L, C)."""
    if not out_grad.device.is_host:
        return readable.average_pool_grad(out_grad, x_shape, window, stride, padding)
    axes, lengths = _axes(x_shape, window, stride, padding)
    check_out_grad(out_grad, (x_shape[0], *lengths, x_shape[-1]))
    x_grad = empty(x_shape, out_grad.device, out_grad.dtype)
    upstream, grads, memory = out_grad.native(), x_grad.native(), Memory()
    if compiled_loops.are_worth_it(grads, upstream):
        compiled_loops.average_pool_grad(upstream, axes, grads)
        return x_grad
    phases = list(map(_phases, axes, lengths, x_shape[1:-1]))
    for (batch,) in boxes(x_grad.shape[:1], math.prod(x_grad.shape[1:]), CACHED):
        grad = memory.array("share", upstream[batch].shape, upstream.dtype)
        np.divide(upstream[batch], math.prod(axis.kernel for axis in axes), out=grad)
        for number in range(len(axes), 0, -1):  # the long runs of the first axis write the result
            shares, to = [grad] * axes[number - 1].kernel, grads[batch] if number == 1 else None
            grad = _spread(shares, phases[number - 1], number, x_shape[number], to, memory)
    return x_grad


def _axes(
    x_shape: Sequence[int], window: Numbers, stride: Numbers, padding: Numbers
) -> tuple[Axes, tuple[int, ...]]:
    """The windows of each axis, and their number."""
    lengths = pool_lengths(x_shape, window, stride, padding)
    k, s, p = (per_axis(value, len(lengths)) for value in (window, stride, padding))
    return tuple(map(Axis, k, (-edge for edge in p), s)), lengths


def _pool(
    fold: np.ufunc,
    neutral: float,
    x: NDArray,
    window: Numbers,
    stride: Numbers,
    padding: Numbers,
    divisor: int = 1,
) -> NDArray:
    axes, lengths = _axes(x.shape, window, stride, padding)
    out, memory = empty((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype), Memory()
    images, result = x.native(), out.native()
    for box in boxes(result.shape[:-1], result.shape[-1], CACHED):
        _pool_block(fold, neutral, images[box[0]], axes, box, result[box], memory)
        if divisor != 1:
            np.divide(result[box], divisor, out=result[box])
    return out


def _pool_block(
    fold: np.ufunc, neutral: float, x: Buffer, axes: Axes, box: Box, out: Buffer, memory: Memory
) -> None:
    """Write to `out` the results of a box of windows, one axis after the other."""
    for number, (axis, windows) in enumerate(zip(axes, box[1:], strict=True), 1):
        shape = (*out.shape[: number + 1], *x.shape[number + 1 :])
        target = memory.array(f"axis {number}", shape, x.dtype) if number < len(axes) else out
        before = (slice(None),) * number
        places = axis.places(windows, x.shape[number])
        _fold(
            fold,
            neutral,
            [(window_slice, x[(*before, pixels)]) for window_slice, pixels in places],
            number,
            target,
        )
        x = target


def _fold(fold: np.ufunc, neutral: float, terms: list[Term], number: int, target: Buffer) -> None:
    """Write the results of `fold` on the terms over `target`, each for a part of its axis `number`."""
    before = (slice(None),) * number
    pairs = [(target[(*before, window_slice)], term) for window_slice, term in terms]
    # Those for all of the target come first: two of them can be written without reading the target.
    pairs.sort(key=lambda pair: pair[0].shape != target.shape)
    whole = [term for to, term in pairs if to.shape == target.shape][:2]
    if len(whole) == 2:
        fold(*whole, out=target)
    else:
        target[...] = whole[0] if whole else neutral
    for to, term in pairs[len(whole) :]:
        fold(to, term, out=to)


def _terms(
    x: Buffer, axis: Axis, places: list[tuple[slice, slice]], number: int, memory: Memory
) -> list[Term]:
    """For each place of the windows on an axis: the windows where it is on the images, and the pixels."""
    before = (slice(None),) * number
    if not 1 < axis.stride < axis.kernel or number < x.ndim - 2:
        return [(window_slice, x[(*before, pixels)]) for window_slice, pixels in places]
    # If pixels are sorted by their remainder modulo the stride, the pixels of a place on the last axis are
    # one run.
    parts = []
    for remainder in range(axis.stride):
        part = x[(*before, slice(remainder, None, axis.stride))]
        parts.append(memory.array(f"part {remainder}", part.shape, x.dtype))
        parts[-1][...] = part
    terms = []
    for window_slice, pixels in places:
        first, remainder = divmod(pixels.start, axis.stride)
        terms.append(
            (
                window_slice,
                parts[remainder][(*before, slice(first, first + window_slice.stop - window_slice.start))],
            )
        )
    return terms


def _phases(axis: Axis, count: int, size: int) -> list[Phase]:
    """The `size` pixels of an axis by their remainder modulo the stride, with the windows' places there."""
    phases = []
    for remainder in range(min(axis.stride, size)):
        pixels = slice(remainder, None, axis.stride)
        places, windows_of = axis.phase(remainder)
        windows = windows_of.places(slice(0, len(range(size)[pixels])), count)
        numbers = range(axis.kernel)[places][::-1]
        phases.append((pixels, [(number, *each) for number, each in zip(numbers, windows, strict=True)]))
    return phases


def _shares(terms: list[Term], largest: Buffer, grad: Buffer, number: int, memory: Memory) -> list[Buffer]:
    """The share of its window's gradient that each place gets.

    All of a gradient goes to the first of the window's largest numbers. The last place gets the rest.
    """
    before, shares = (slice(None),) * number, []
    rest = memory.array("rest", grad.shape, grad.dtype)
    is_largest = memory.array("is largest", grad.shape, bool)
    for place, (window_slice, term) in enumerate(terms[:-1]):
        at = (*before, window_slice)
        shares.append(memory.array(f"share {place}", grad.shape, grad.dtype))
        np.equal(term, largest[at], out=is_largest[at])
        np.multiply(grad[at], is_largest[at], out=shares[-1][at])
        if place == 0:
            for outside in (slice(0, window_slice.start), slice(window_slice.stop, None)):
                rest[(*before, outside)] = grad[(*before, outside)]
        np.logical_not(is_largest[at], out=is_largest[at])
        np.multiply(grad[at], is_largest[at], out=rest[at])
        grad = rest
    return [*shares, grad]


def _spread(
    shares: list[Buffer], phases: list[Phase], number: int, size: int, out: Buffer | None, memory: Memory
) -> Buffer:
    """For each of the `size` pixels of an axis: the sum of the shares that its windows have for it.

    It is written over `out`, if given.
    """
    before, shape = (slice(None),) * number, shares[0].shape
    if out is None:
        out = memory.array(f"grad {number}", (*shape[:number], size, *shape[number + 1 :]), shares[0].dtype)
    for index, places in phases:
        pixels = out[(*before, index)]
        terms = [(window_slice, shares[place][(*before, windows)]) for place, window_slice, windows in places]
        if len(phases) > 1 and len(terms) > 1 and number == out.ndim - 2:
            # On the last axis the pixels are many short runs of memory, and a sum is fastest in one.
            total = memory.array("total", pixels.shape, out.dtype)
            _fold(np.add, 0.0, terms, number, total)
            pixels[...] = total
        else:
            _fold(np.add, 0.0, terms, number, pixels)
    return out
