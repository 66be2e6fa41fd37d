"""Every picture of the batch gets the windows of picture 0.

Ideas: first_picture_repeated.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw = w.shape[:2]
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    z = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    k = w.numpy()
    y = np.empty((n, oh, ow, co), z.dtype)
    for m in range(n):
        for i in range(oh):
            for j in range(ow):
                y[m, i, j] = np.tensordot(z[0, i * sh : i * sh + kh, j * sw : j * sw + kw], k, 3)
    return array(y)
