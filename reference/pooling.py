"""Pooling with its gradients, in the form to run: on a CPU axis by axis, in blocks that its cache holds.

`reference.readable.pooling` says what the functions compute, and runs on every other device. On a CPU no
frame is put around the images: a place of the first or the last windows that has no pixel is left out. The
largest number and the sum of a window are those of its rows' results, so each axis is done by itself: KH + KW
steps, not KH * KW. Which of several equal numbers is the first, which max_pool_grad must know, no row can
tell alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from reference.backends.numpy import Buffer
from reference.conv import check_out_grad
from reference.im2col import Box, boxes
from reference.ndarray import NDArray, check_device, common_dtype, empty, zeros
from reference.readable import pooling as readable
from reference.readable.conv_nd import per_axis
from reference.readable.pooling import global_average_pool, global_average_pool_grad, pool_lengths
from reference.scratch_buffers import Memory
from reference.sliding_windows import Axes, Axis

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

CACHED = 2**16
"""How many numbers of a result are computed at once: they and what is known of each stay in a CPU's cache."""


def max_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.max_pool`: (N, *L, C) -> (N, *L', C)."""
    if not x.device.is_host:
        return readable.max_pool(x, window, stride, padding)
    return _pool(np.maximum, -math.inf, x, window, stride, padding)


def max_pool_grad(
    out_grad: NDArray, x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.max_pool_grad`: (N, *L', C) and x (N, *L, C) -> (N, *L, C)."""
    check_device(out_grad, x)
    if not x.device.is_host:
        return readable.max_pool_grad(out_grad, x, window, stride, padding)
    axes, lengths = _axes(x.shape, window, stride, padding)
    check_out_grad(out_grad, (x.shape[0], *lengths, x.shape[-1]))
    x_grad = zeros(x.shape, x.device, common_dtype(out_grad, x))
    given, images, grads, memory = out_grad.native(), x.native(), x_grad.native(), Memory()
    meet = any(axis.kernel > axis.stride for axis in axes)
    for box in boxes(given.shape[:-1], given.shape[-1], CACHED):
        seen, pulled = images[box[0]], grads[box[0]]
        largest, share = (memory.array(name, given[box].shape, grads.dtype) for name in ("largest", "share"))
        _pool_block(np.maximum, -math.inf, seen, axes, box, largest, memory)
        waiting, chosen = (memory.array(name, largest.shape, "bool") for name in ("waiting", "chosen"))
        waiting[...] = True
        for places in itertools.product(*map(Axis.places, axes, box[1:], x.shape[1:-1])):
            of, pixels = ((slice(None), *each) for each in zip(*places, strict=True))
            # A window's gradient goes to the first of its largest numbers, and then it waits no longer.
            np.equal(seen[pixels], largest[of], out=chosen[of])
            np.logical_and(chosen[of], waiting[of], out=chosen[of])
            np.logical_xor(chosen[of], waiting[of], out=waiting[of])
            share[of] = chosen[of]
            if meet:
                np.multiply(share[of], given[box][of], out=share[of])
                pulled[pixels] += share[of]
            else:
                np.multiply(share[of], given[box][of], out=pulled[pixels])
    return x_grad


def average_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.average_pool`: (N, *L, C) -> (N, *L', C)."""
    if not x.device.is_host:
        return readable.average_pool(x, window, stride, padding)
    out = _pool(np.add, 0.0, x, window, stride, padding)
    np.divide(out.native(), math.prod(per_axis(window, x.ndim - 2)), out=out.native())
    return out


def average_pool_grad(
    out_grad: NDArray, x_shape: Sequence[int], window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.average_pool_grad`: (N, *L', C) -> x_shape (N, *L, C)."""
    if not out_grad.device.is_host:
        return readable.average_pool_grad(out_grad, x_shape, window, stride, padding)
    axes, lengths = _axes(x_shape, window, stride, padding)
    check_out_grad(out_grad, (x_shape[0], *lengths, x_shape[-1]))
    x_grad = zeros(x_shape, out_grad.device, out_grad.dtype)
    share, memory = (out_grad / math.prod(axis.kernel for axis in axes)).native(), Memory()
    for box in boxes(share.shape[:-1], share.shape[-1], CACHED):
        grad = share[box]
        for number, (axis, windows) in reversed(list(enumerate(zip(axes, box[1:], strict=True), 1))):
            # The axes behind this one have been done, so they are as long as the images.
            longer = x_grad.native()[box[0]]
            if number > 1:
                shape = (*share[box].shape[:number], *x_grad.shape[number:])
                longer = memory.array(f"grad {number}", shape, share.dtype)
                longer[...] = 0
            before = (slice(None),) * number
            for of, pixels in axis.places(windows, x_grad.shape[number]):
                longer[(*before, pixels)] += grad[(*before, of)]
            grad = longer
    return x_grad


def _axes(
    x_shape: Sequence[int], window: Numbers, stride: Numbers, padding: Numbers
) -> tuple[Axes, tuple[int, ...]]:
    """The windows of each axis, and how many there are."""
    lengths = pool_lengths(x_shape, window, stride, padding)
    k, s, p = (per_axis(value, len(lengths)) for value in (window, stride, padding))
    return tuple(map(Axis, k, (-edge for edge in p), s)), lengths


def _pool(
    fold: np.ufunc, neutral: float, x: NDArray, window: Numbers, stride: Numbers, padding: Numbers
) -> NDArray:
    axes, lengths = _axes(x.shape, window, stride, padding)
    out, memory = empty((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype), Memory()
    images, result = x.native(), out.native()
    for box in boxes(result.shape[:-1], result.shape[-1], CACHED):
        _pool_block(fold, neutral, images[box[0]], axes, box, result[box], memory)
    return out


def _pool_block(
    fold: np.ufunc, neutral: float, x: Buffer, axes: Axes, box: Box, out: Buffer, memory: Memory
) -> None:
    """Write to `out` the results of a box of windows, one axis after the other."""
    for number, (axis, windows) in enumerate(zip(axes, box[1:], strict=True), 1):
        shape = (*out.shape[: number + 1], *x.shape[number + 1 :])
        target = memory.array(f"axis {number}", shape, x.dtype) if number < len(axes) else out
        before = (slice(None),) * number
        terms = [
            (target[(*before, of)], x[(*before, pixels)])
            for of, pixels in axis.places(windows, x.shape[number])
        ]
        # Places that all windows have come first: two of them can be written without reading the target.
        terms.sort(key=lambda term: term[0].shape != target.shape)
        whole = [term for to, term in terms if to.shape == target.shape][:2]
        if len(whole) == 2:
            fold(*whole, out=target)
        else:
            target[...] = whole[0] if whole else neutral
        for to, term in terms[len(whole) :]:
            fold(to, term, out=to)
        x = target
