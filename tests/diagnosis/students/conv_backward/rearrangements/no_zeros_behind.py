"""dilate puts zeros between the elements and none behind the last.

Ideas: no_zeros_after_the_last.
"""

from ndarray import normalize_axes, zeros


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = normalize_axes(axes, a.ndim)
    shape = list(a.shape)
    index = [slice(None)] * a.ndim
    for axis in axes:
        shape[axis] = shape[axis] + max(shape[axis] - 1, 0) * dilation
        index[axis] = slice(0, shape[axis], dilation + 1)
    out = zeros(tuple(shape), a.device, a.dtype)
    out[tuple(index)] = a
    return out
