"""The gradient of the kernel is overwritten by each picture.

Ideas: last_picture_only.
"""

import numpy as np
from ndarray import array


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    kh, kw, ci, co = w_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    z, g = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy(), out_grad.numpy()
    for m in range(z.shape[0]):
        dw = np.zeros((kh, kw, ci, co), g.dtype)
        for i in range(g.shape[1]):
            for j in range(g.shape[2]):
                win = z[m, i * sh : i * sh + kh, j * sw : j * sw + kw]
                dw += win[..., None] * g[m, i, j]
    return array(dw)
