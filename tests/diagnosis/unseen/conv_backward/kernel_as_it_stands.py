"""Scatters windows with the kernel turned around, so that the flip happens twice.

Ideas: kernel_not_flipped.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    n, h, wd, c = x_shape
    kh, kw = w.shape[:2]
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g, k = out_grad.numpy(), w.numpy()[::-1, ::-1]
    dx = np.zeros((n, h + 2 * ph, wd + 2 * pw, c), g.dtype)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            dx[:, i * sh : i * sh + kh, j * sw : j * sw + kw] += np.tensordot(g[:, i, j], k, (1, 3))
    return array(np.ascontiguousarray(dx[:, ph : ph + h, pw : pw + wd]))
