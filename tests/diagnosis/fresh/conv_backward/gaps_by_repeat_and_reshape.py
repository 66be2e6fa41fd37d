"""dilate repeats each element, undilate cuts an axis into equal pieces, and both write axes out by hand.

Ideas: values_repeated, length_of_undilate_must_divide.
"""

import numpy as np
from ndarray import array


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation < 0")
    out = a.numpy()
    for ax in normalize_axes(axes, a.ndim):
        out = np.repeat(out, dilation + 1, axis=ax)  # wrong: zeros go into the gaps, not copies
    return array(out, a.device, a.dtype)


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation < 0")
    for ax in normalize_axes(axes, a.ndim):
        n = a.shape[ax] // (dilation + 1)
        a = a.reshape((*a.shape[:ax], n, dilation + 1, *a.shape[ax + 1 :]))  # wrong: the length need not be a multiple
        a = a[(slice(None),) * (ax + 1) + (0,)]
    return a
