"""conv walks from the last window back to the first, so that what the stride leaves over is in front.

Ideas: left_over_at_the_start.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    n, rows, columns, c_out = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[0], w.shape[1]
    a = np.pad(x.numpy(), ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    k = w.numpy()
    out = np.zeros((n, rows, columns, c_out), dtype=a.dtype)
    for i in range(rows):
        for j in range(columns):
            bottom, right = a.shape[1] - (rows - 1 - i) * sh, a.shape[2] - (columns - 1 - j) * sw
            out[:, i, j] = np.tensordot(a[:, bottom - kh : bottom, right - kw : right], k, 3)
    return array(out)
