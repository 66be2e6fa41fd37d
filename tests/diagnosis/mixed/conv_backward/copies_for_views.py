"""Both flip and undilate give new arrays.

Ideas: flip_copies, undilate_copies.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    out = zeros(a.shape, dtype=a.dtype)
    out[...] = a
    for ax in axes:
        before = out.copy()
        for i in range(a.shape[ax]):
            src = tuple([slice(None)] * ax + [a.shape[ax] - 1 - i])
            dst = tuple([slice(None)] * ax + [i])
            out[dst] = before[src]
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    sel = tuple(slice(0, n, dilation + 1 if k in axes else 1) for k, n in enumerate(a.shape))
    view = a[sel]
    result = zeros(view.shape, dtype=a.dtype)
    result[...] = view
    return result
