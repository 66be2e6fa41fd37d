"""A loop over the kernel with einsum, and the kernel turned around as in mathematics.

Ideas: kernel_turned_around.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    n, h, wd, ci = x.shape
    kh, kw, ci2, co = w.shape
    if ci != ci2:
        raise ValueError(f"x has {ci} channels and w has {ci2}")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    oh = output_size(h, kh, sh, ph)
    ow = output_size(wd, kw, sw, pw)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    kernel = w.numpy()
    y = np.zeros((n, oh, ow, co), xp.dtype)
    for a in range(kh):
        for b in range(kw):
            part = xp[:, a : a + (oh - 1) * sh + 1 : sh, b : b + (ow - 1) * sw + 1 : sw, :]
            y += np.einsum("nijc,co->nijo", part, kernel[kh - 1 - a, kw - 1 - b])
    return array(y)
