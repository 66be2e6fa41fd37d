"""undilate divides the lengths by dilation + 1 and rounds down.

Ideas: length_of_undilate_rounded_down.
"""


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    shape, strides = list(a.shape), list(a.strides)
    for axis in normalize_axes(axes, a.ndim):
        shape[axis] = shape[axis] // (dilation + 1)
        strides[axis] = strides[axis] * (dilation + 1)
    return a.as_strided(tuple(shape), tuple(strides))
