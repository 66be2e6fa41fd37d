"""undilate picks with NumPy and so copies; dilate compares the axes as they are given.

Ideas: undilate_copies, negative_axes_not_dilated.
"""

import ndarray as nd


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = (axes,) if isinstance(axes, int) else tuple(axes)
    normalize_axes(axes, a.ndim)  # wrong: its result, without negative axes, is thrown away
    shape = tuple(n * (dilation + 1) if i in axes else n for i, n in enumerate(a.shape))
    out = zeros(shape, a.device, a.dtype)
    out[tuple(slice(None, None, dilation + 1 if i in axes else 1) for i in range(a.ndim))] = a
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = normalize_axes(axes, a.ndim)
    values = a.numpy()
    sl = tuple(slice(None, None, dilation + 1) if i in axes else slice(None) for i in range(a.ndim))
    return nd.array(values[sl], a.device, a.dtype)  # wrong: a copy, not a view


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]
