"""Writes each window's share into the picture and does not add it.

Ideas: last_window_wins.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    n, h, wd, c = x_shape
    kh, kw, _, co = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = out_grad.numpy()
    k = w.numpy().reshape(-1, co)
    dx = np.zeros((n, h + 2 * ph, wd + 2 * pw, c), g.dtype)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            share = (g[:, i, j] @ k.T).reshape(n, kh, kw, c)
            dx[:, i * sh : i * sh + kh, j * sw : j * sw + kw] = share
    return array(np.ascontiguousarray(dx[:, ph : ph + h, pw : pw + wd]))
