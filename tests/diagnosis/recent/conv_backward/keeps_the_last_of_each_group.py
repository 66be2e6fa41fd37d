"""undilate begins behind the gap instead of at the first element, and flip turns an axis that is
named twice.

Ideas: last_of_each_kept, flipped_once_if_named_twice.
"""


def _slices(ndim, axes, start, step):
    out = []
    for ax in range(ndim):
        if ax in axes:
            out.append(slice(start, None, step))
        else:
            out.append(slice(None))
    return tuple(out)


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    axes = normalize_axes(axes, a.ndim)
    step = dilation + 1
    new_shape = tuple(n * step if i in axes else n for i, n in enumerate(a.shape))
    res = zeros(new_shape, a.device, a.dtype)
    res[_slices(a.ndim, axes, 0, step)] = a
    return res


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    axes = normalize_axes(axes, a.ndim)
    return a[_slices(a.ndim, axes, dilation, dilation + 1)]  # wrong: it keeps the first, at 0


def flip(a, axes):
    axes = (axes,) if isinstance(axes, int) else axes
    if any(ax >= a.ndim or ax < -a.ndim for ax in axes):
        raise IndexError("no such axis")
    axes = {ax % a.ndim for ax in axes}  # wrong: an axis that is named twice needs a ValueError
    return a[_slices(a.ndim, axes, None, -1)]
