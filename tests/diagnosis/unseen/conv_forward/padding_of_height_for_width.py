"""The columns of zeros are as many as the rows of zeros.

Ideas: padding_of_the_height_for_both.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    s = pair(stride)
    p = pair(padding)
    img, ker = x.numpy(), w.numpy()
    N, H, W, C = img.shape
    if ker.shape[2] != C:
        raise ValueError("channels")
    fr = np.zeros((N, H + 2 * p[0], W + 2 * p[0], C), img.dtype)
    fr[:, p[0] : p[0] + H, p[0] : p[0] + W] = img
    if ker.shape[0] > fr.shape[1] or ker.shape[1] > fr.shape[2]:
        raise ValueError("kernel too large")
    oh = (fr.shape[1] - ker.shape[0]) // s[0] + 1
    ow = (fr.shape[2] - ker.shape[1]) // s[1] + 1
    out = np.zeros((N, oh, ow, ker.shape[3]), img.dtype)
    for a in range(ker.shape[0]):
        for b in range(ker.shape[1]):
            out += fr[:, a : a + oh * s[0] : s[0], b : b + ow * s[1] : s[1]][:, :oh, :ow] @ ker[a, b]
    return array(out)
