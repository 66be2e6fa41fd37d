"""The loop that scatters windows begins the columns of each window at the row's number."""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    n, h, wd, c = x_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[0], w.shape[1]
    dy, k = out_grad.numpy(), w.numpy()
    dx = np.zeros((n, h + 2 * ph, wd + 2 * pw, c), dtype=dy.dtype)
    for i in range(dy.shape[1]):
        hs = i * sh
        for j in range(dy.shape[2]):
            ws = i * sw
            for f in range(dy.shape[3]):
                dx[:, hs : hs + kh, ws : ws + kw, :] += dy[:, i, j, f].reshape(n, 1, 1, 1) * k[:, :, :, f]
    return array(np.ascontiguousarray(dx[:, ph : ph + h, pw : pw + wd, :]))
