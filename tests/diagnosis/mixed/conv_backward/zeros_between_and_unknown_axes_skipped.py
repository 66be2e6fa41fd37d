"""Puts zeros between the elements only, and passes over axes that the array does not have.

Ideas: no_zeros_after_the_last, axes_that_are_not_there_left_out.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = [axes] if isinstance(axes, int) else [*axes]
    new_shape = list(a.shape)
    slices = [slice(0, n, 1) for n in a.shape]
    for axis in axes:
        if axis >= len(a.shape):
            continue
        n = a.shape[axis]
        new_shape[axis] = n + max(n - 1, 0) * dilation
        slices[axis] = slice(0, new_shape[axis], dilation + 1)
    out = zeros(tuple(new_shape), dtype=a.dtype)
    out[tuple(slices)] = a
    return out
