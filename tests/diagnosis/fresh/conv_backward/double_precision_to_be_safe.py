"""Computes in float64 and returns it; the kernel's channels are exchanged by a reshape.

Ideas: channels_reshaped, gradient_in_float64.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad.shape")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, ci, co = w.shape
    g = out_grad.numpy().astype(np.float64)
    k = w.numpy().astype(np.float64).reshape(kh, kw, co, ci)  # wrong: the channel axes must be transposed
    dx = np.zeros((x_shape[0], x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, ci))
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            for a in range(kh):
                for b in range(kw):
                    dx[:, i * sh + a, j * sw + b, :] += g[:, i, j, :] @ k[a, b]
    dx = dx[:, ph : ph + x_shape[1], pw : pw + x_shape[2], :]
    return array(dx, out_grad.device, "float64")  # wrong: the dtype is that of the inputs
