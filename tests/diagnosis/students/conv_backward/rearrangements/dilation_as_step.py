"""dilate and undilate step by `dilation` and not by dilation + 1.

Ideas: dilation_taken_for_the_step, every_dilation_th_kept.
"""

from ndarray import normalize_axes, zeros


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative")
    if dilation == 0:
        return a.copy()
    axes = normalize_axes(axes, a.ndim)
    shape = tuple(n * dilation if i in axes else n for i, n in enumerate(a.shape))
    out = zeros(shape, a.device, a.dtype)
    out[tuple(slice(None, None, dilation) if i in axes else slice(None) for i in range(a.ndim))] = a
    return out


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative")
    if dilation == 0:
        return a
    axes = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, dilation) if i in axes else slice(None) for i in range(a.ndim))]
