"""Pooling with its gradients, in the form to run: axis by axis, and in blocks that a CPU's cache holds.

`reference.readable.pooling` says what the functions compute. The largest number and the sum of a window are
those of its rows' results, so each axis is done by itself: KH + KW steps, not KH * KW. Which of several equal
numbers is the first, which max_pool_grad must know, no row can tell alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TypeAlias

from reference.conv import check_out_grad, pad
from reference.im2col import boxes
from reference.in_place import add_into, maximum_into
from reference.ndarray import NDArray, common_dtype, zeros
from reference.readable.conv_nd import per_axis
from reference.readable.pooling import (
    framed,
    global_average_pool,
    global_average_pool_grad,
    inside,
    pool_lengths,
)

__all__ = [
    "average_pool",
    "average_pool_grad",
    "framed",
    "global_average_pool",
    "global_average_pool_grad",
    "inside",
    "max_pool",
    "max_pool_grad",
    "pool_lengths",
]

Numbers: TypeAlias = int | Sequence[int]

CACHED = 2**14
"""How many windows are looked at at once: they and what is known of each stay in a CPU's cache."""


def max_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.max_pool`: (N, *L, C) -> (N, *L', C)."""
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(value, len(lengths)) for value in (window, stride, padding))
    if any(p):
        x = framed(x, p, -math.inf)
    for axis, length in enumerate(lengths, 1):
        first, *others = (x[_met(axis, a, length, s)] for a in range(k[axis - 1]))
        x = first.copy()
        for other in others:
            maximum_into(other, x)
    return x


def max_pool_grad(
    out_grad: NDArray, x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.max_pool_grad`: (N, *L', C) and x (N, *L, C) -> (N, *L, C)."""
    out = max_pool(x, window, stride, padding)
    check_out_grad(out_grad, out.shape)
    k, s, p = (per_axis(value, x.ndim - 2) for value in (window, stride, padding))
    inner = inside(x.shape, p)
    if any(p):
        x = framed(x, p, -math.inf)
    x_grad = zeros(x.shape, x.device, common_dtype(out_grad, x))
    limit = CACHED if x.device.is_host else x.device.ops.BLOCK
    for images, *windows in boxes(out.shape[:-1], out.shape[-1], limit):
        here = (images, *windows)
        largest, left = out[here], out_grad[here].copy()
        for place in itertools.product(*map(range, k)):
            met = [
                slice(a + step * of.start, a + step * (of.stop - 1) + 1, step)
                for a, of, step in zip(place, windows, s, strict=True)
            ]
            pixels = (images, *met)
            # What a window has left goes to the first of its largest numbers, and then nothing is left of it.
            given = (x[pixels] == largest) * left
            add_into(given, x_grad[pixels])
            add_into(-given, left)
    return x_grad[inner].compact()


def average_pool(x: NDArray, window: Numbers, stride: Numbers, padding: Numbers = 0) -> NDArray:
    """`reference.readable.pooling.average_pool`: (N, *L, C) -> (N, *L', C)."""
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(value, len(lengths)) for value in (window, stride, padding))
    if any(p):
        x = pad(x, ((0, 0), *zip(p, p, strict=True), (0, 0)))
    for axis, length in enumerate(lengths, 1):
        first, *others = (x[_met(axis, a, length, s)] for a in range(k[axis - 1]))
        x = first.copy()
        for other in others:
            add_into(other, x)
    return x / math.prod(k)


def average_pool_grad(
    out_grad: NDArray, x_shape: Sequence[int], window: Numbers, stride: Numbers, padding: Numbers = 0
) -> NDArray:
    """`reference.readable.pooling.average_pool_grad`: (N, *L', C) -> x_shape (N, *L, C)."""
    lengths = pool_lengths(x_shape, window, stride, padding)
    check_out_grad(out_grad, (x_shape[0], *lengths, x_shape[-1]))
    k, s, p = (per_axis(value, len(lengths)) for value in (window, stride, padding))
    grad = out_grad / math.prod(k)
    for axis, length in reversed(list(enumerate(lengths, 1))):
        shape = list(grad.shape)
        shape[axis] = x_shape[axis] + 2 * p[axis - 1]
        longer = zeros(shape, grad.device, grad.dtype)
        for a in range(k[axis - 1]):
            add_into(grad, longer[_met(axis, a, length, s)])
        grad = longer
    return grad[inside(x_shape, p)].compact()


def _met(axis: int, place: int, length: int, stride: Sequence[int]) -> tuple[slice, ...]:
    """The index of the elements along one axis that one place of all windows meets."""
    step = stride[axis - 1]
    return (*[slice(None)] * axis, slice(place, place + step * (length - 1) + 1, step))
