"""dilate and undilate look at no axis twice: one that is out of range is passed over, a negative one too.

Ideas: axes_that_are_not_there_left_out, negative_axes_not_dilated, negative_axes_not_undilated,
undilated_backwards.
"""

from ndarray import zeros


def dilate(a, axes, dilation):
    if isinstance(axes, int):
        axes = (axes,)
    new_shape = list(a.shape)
    slices = []
    for i in range(len(a.shape)):
        if i in axes:
            new_shape[i] = a.shape[i] * (dilation + 1)
            slices.append(slice(0, new_shape[i], dilation + 1))
        else:
            slices.append(slice(0, a.shape[i]))
    out = zeros(tuple(new_shape), a.device, a.dtype)
    out[tuple(slices)] = a
    return out


def undilate(a, axes, dilation):
    if isinstance(axes, int):
        axes = (axes,)
    slices = [slice(None)] * len(a.shape)
    for i in range(len(a.shape)):
        if i in axes:
            slices[i] = slice(None, None, dilation + 1)
    return a[tuple(slices)]
