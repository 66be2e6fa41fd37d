"""dilate begins with the argument for each axis again; flip as_strided for arrays that begin at 0.

Ideas: offset_of_the_view_dropped, dilated_on_the_last_axis_only.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must be >= 0")
    out = a.copy()
    for ax in normalize_axes(axes, a.ndim):
        new = list(a.shape)  # wrong: the shape of out
        new[ax] = new[ax] * (dilation + 1)
        idx = [slice(None)] * a.ndim
        idx[ax] = slice(None, None, dilation + 1)
        out = zeros(new, a.device, a.dtype)
        out[tuple(idx)] = a  # wrong: what the axes before have made
    return out


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    strides = list(a.strides)
    offset = 0  # wrong: a.offset is lost
    for ax in axes:
        offset += (a.shape[ax] - 1) * a.strides[ax]
        strides[ax] = -strides[ax]
    return a.as_strided(a.shape, tuple(strides), offset)
