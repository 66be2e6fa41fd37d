"""Undoes with a step of dilation, as a copy, and does not refuse negative numbers.

Ideas: every_dilation_th_kept, undilate_copies, undilated_backwards.
"""


def undilate(a, axes, dilation):
    axes = normalize_axes(axes, a.ndim)
    if dilation == 0:
        return a
    idx = []
    for i in range(a.ndim):
        if i in axes:
            idx.append(slice(0, a.shape[i], dilation))
        else:
            idx.append(slice(0, a.shape[i], 1))
    return a[tuple(idx)].compact()
