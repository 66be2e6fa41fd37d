"""im2col puts the channels of a window before its pixels.

Ideas: channels_first_in_a_row.
"""

import numpy as np
from ndarray import array


def im2col(x, kernel, stride=1, padding=0):
    kh, kw = kernel
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    n, rows, columns, _ = output_shape(x.shape, (kh, kw, x.shape[3], 1), stride, padding)
    a = np.pad(x.numpy(), ((0, 0), (ph, ph), (pw, pw), (0, 0))).transpose(0, 3, 1, 2)
    out = []
    for picture in range(n):
        for i in range(rows):
            for j in range(columns):
                out.append(a[picture, :, i * sh : i * sh + kh, j * sw : j * sw + kw].reshape(-1))
    return array(np.array(out, dtype=a.dtype).reshape(n * rows * columns, x.shape[3] * kh * kw))
