"""dilate expects a sequence of axes and never complains, and undilate goes in steps of dilation.

Ideas: every_dilation_th_kept.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    shape = list(a.shape)
    index = [slice(None)] * len(shape)
    for ax in axes:  # wrong: one int cannot be iterated, and an axis may be named twice
        if ax < 0:
            ax += len(shape)
        shape[ax] *= dilation + 1
        index[ax] = slice(None, None, dilation + 1)
    out = zeros(shape, a.device, a.dtype)
    out[tuple(index)] = a
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    index = [slice(None)] * a.ndim
    for ax in normalize_axes(axes, a.ndim):
        index[ax] = slice(0, None, dilation)  # wrong: the step is dilation + 1
    return a[tuple(index)]


def flip(a, axes):
    index = [slice(None)] * a.ndim
    for ax in normalize_axes(axes, a.ndim):
        index[ax] = slice(None, None, -1)
    return a[tuple(index)]
