"""pad puts the first number of each pair on both ends.

Ideas: first_number_for_both_ends.
"""

import numpy as np
from ndarray import array


def pad(a, padding):
    if len(padding) != len(a.shape):
        raise ValueError("padding needs a pair for each axis")
    data = a.numpy()
    for axis, p in enumerate(padding):
        before = after = p[0]
        if before < 0:
            data = np.take(data, range(-before, data.shape[axis]), axis=axis)
        if after < 0:
            data = np.take(data, range(0, data.shape[axis] + after), axis=axis)
        shape = list(data.shape)
        shape[axis] = max(before, 0)
        data = np.concatenate([np.zeros(shape, data.dtype), data], axis=axis)
        shape[axis] = max(after, 0)
        data = np.concatenate([data, np.zeros(shape, data.dtype)], axis=axis)
    return array(data)
