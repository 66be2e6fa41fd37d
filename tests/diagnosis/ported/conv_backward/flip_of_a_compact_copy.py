"""flip compacts first and again at the end, and undilate ends in compact: both are copies.

Ideas: flip_copies, undilate_copies.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    x = a.compact()
    strides = list(x.strides)
    offset = 0
    for ax in axes:
        offset += strides[ax] * max(x.shape[ax] - 1, 0)
        strides[ax] = -strides[ax]
    return x.as_strided(x.shape, tuple(strides), offset).compact()


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    slices = [slice(0, n) for n in a.shape]
    for ax in axes:
        slices[ax] = slice(0, a.shape[ax], dilation + 1)
    return a[tuple(slices)].compact()
