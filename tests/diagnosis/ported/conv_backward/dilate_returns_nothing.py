"""dilate fills its array and forgets to return it."""

from ndarray import zeros


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    axes = normalize_axes(axes, a.ndim)
    shape = list(a.shape)
    index = [slice(None)] * a.ndim
    for axis in axes:
        shape[axis] *= dilation + 1
        index[axis] = slice(None, None, dilation + 1)
    out = zeros(shape, a.device, a.dtype)
    out[tuple(index)] = a
