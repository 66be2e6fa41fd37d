"""undilate returns new memory.

Ideas: undilate_copies.
"""


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    chosen = normalize_axes(axes, a.ndim)
    index = tuple(slice(None, None, dilation + 1) if i in chosen else slice(None) for i in range(a.ndim))
    return a[index].copy()
