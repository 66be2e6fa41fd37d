"""dilate fills the gaps with copies of the element before them, as nearest-neighbor scaling does.

Ideas: values_repeated.
"""


def dilate(a, axes, dilation):
    if isinstance(axes, int):
        axes = (axes,)
    if dilation < 0:
        raise ValueError("dilation must be at least 0")
    axes = normalize_axes(axes, a.ndim)
    out = a.copy()
    for ax in axes:
        src = out
        shape = list(src.shape)
        shape[ax] = shape[ax] * (dilation + 1)
        out = zeros(shape, a.device, a.dtype)
        before = (slice(None),) * ax
        for i in range(shape[ax]):
            out[(*before, i)] = src[(*before, i // (dilation + 1))]  # wrong: only where i is a multiple, else 0
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must be at least 0")
    for ax in normalize_axes(axes, a.ndim):
        a = a[(slice(None),) * ax + (slice(0, None, dilation + 1),)]
    return a
