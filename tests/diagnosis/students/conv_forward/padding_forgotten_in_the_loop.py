"""The output has the padded size, but the windows are taken from the picture without its frame.

Ideas: padding_forgotten, all_zeros_at_the_bottom_right.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    sh, sw = pair(stride)
    img = x.numpy()
    out = np.zeros((n, oh, ow, co), img.dtype)
    for i in range(oh):
        for j in range(ow):
            for a in range(kh):
                for b in range(kw):
                    y, z = i * sh + a, j * sw + b
                    if y < img.shape[1] and z < img.shape[2]:
                        out[:, i, j] += img[:, y, z] @ w.numpy()[a, b]
    return array(out)
