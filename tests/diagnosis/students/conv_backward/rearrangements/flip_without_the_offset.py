"""flip starts at the last element as if the array began at 0.

Ideas: offset_of_the_view_dropped.
"""

from ndarray import normalize_axes


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    strides = list(a.strides)
    offset = 0
    for ax in axes:
        offset += (a.shape[ax] - 1) * strides[ax]
        strides[ax] = -strides[ax]
    return a.as_strided(a.shape, tuple(strides), offset)
