"""pad puts all zeros of an axis in front.

Ideas: all_zeros_in_front.
"""

import numpy as np
from ndarray import array


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("pairs")
    src = a.numpy()
    shape = [n + lo + hi for n, (lo, hi) in zip(src.shape, padding)]
    if any(n < 0 for n in shape):
        raise ValueError("negative length")
    out = np.zeros(shape, src.dtype)
    for index in np.ndindex(*out.shape):
        at = tuple(i - lo - hi for i, (lo, hi) in zip(index, padding))
        if all(0 <= i < n for i, n in zip(at, src.shape)):
            out[index] = src[at]
    return array(out)
