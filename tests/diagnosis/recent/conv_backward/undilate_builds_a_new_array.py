"""undilate copies what it keeps, element by element; flip is a view.

Ideas: undilate_copies.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    step = [dilation + 1 if i in axes else 1 for i in range(a.ndim)]
    out = zeros(tuple(n * s for n, s in zip(a.shape, step)), a.device, a.dtype)
    # same memory as out, only seen with larger steps
    seen = out.as_strided(a.shape, tuple(st * s for st, s in zip(out.strides, step)), 0)
    seen[...] = a
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    shape = [-(-n // (dilation + 1)) if i in axes else n for i, n in enumerate(a.shape)]
    out = zeros(shape, a.device, a.dtype)  # wrong: new memory, where a view is needed
    out[...] = a[tuple(slice(None, None, dilation + 1) if i in axes else slice(None) for i in range(a.ndim))]  # wrong: the values are copied
    return out


def flip(a, axes):
    if isinstance(axes, int):
        axes = (axes,)
    b = a
    for ax in normalize_axes(axes, a.ndim):
        b = b[(slice(None),) * ax + (slice(None, None, -1),)]
    return b
