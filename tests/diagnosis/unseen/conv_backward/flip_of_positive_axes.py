"""flip compares the axes as they are named, so that a negative one is passed over.

Ideas: negative_axes_not_flipped.
"""


def flip(a, axes):
    if isinstance(axes, int):
        axes = (axes,)
    normalize_axes(axes, a.ndim)
    strides, offset = [], a.offset
    for i in range(a.ndim):
        if i in axes:
            strides.append(-a.strides[i])
            offset += max(a.shape[i] - 1, 0) * a.strides[i]
        else:
            strides.append(a.strides[i])
    return a.as_strided(a.shape, tuple(strides), offset)
