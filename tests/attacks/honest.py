"""Correct versions of both exercises. The tests append an attack, which defines only what it replaces."""

from ndarray import normalize_axes, zeros


def flip(a, axes):
    chosen = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, -1 if axis in chosen else 1) for axis in range(a.ndim))]


def dilate(a, axes, dilation):
    chosen = normalize_axes(axes, a.ndim)
    step = [dilation + 1 if axis in chosen else 1 for axis in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, step, strict=True)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in step)] = a
    return out
