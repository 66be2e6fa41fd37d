"""undilate steps by dilation, not by one more; flip's slice stops at -1, which is the last element.

Ideas: every_dilation_th_kept, slice_stopped_at_minus_one.
"""


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation < 0")
    axes = normalize_axes(axes, a.ndim)
    index = [slice(None)] * a.ndim
    for axis in axes:
        index[axis] = slice(None, None, dilation)  # wrong: every element number dilation + 1
    return a[tuple(index)]


def flip(a, axes):
    index = [slice(None)] * a.ndim
    for axis in normalize_axes(axes, a.ndim):
        index[axis] = slice(a.shape[axis] - 1, -1, -1)  # wrong: -1 counts from the end, so nothing is left
    return a[tuple(index)]
