"""Starts from the last element of a fresh array, and knows no negative axes and none that come twice.

Ideas: offset_of_the_view_dropped, negative_axes_not_flipped, flipped_once_if_named_twice.
"""


def flip(a, axes):
    if isinstance(axes, int):
        axes = (axes,)
    for axis in axes:
        if axis >= len(a.shape):
            raise IndexError("axis out of range")
    strides = list(a.strides)
    offset = 0
    for axis in range(len(a.shape)):
        if axis in axes:
            offset += (a.shape[axis] - 1) * strides[axis]
            strides[axis] = -strides[axis]
    return a.as_strided(a.shape, tuple(strides), offset)
