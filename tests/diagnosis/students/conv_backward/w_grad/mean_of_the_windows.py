"""einsum over the windows, divided by the batch size.

Ideas: mean_over_pictures.
"""

import numpy as np
from ndarray import array


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    kh, kw, ci, co = w_shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    g = out_grad.numpy()
    _, oh, ow, _ = g.shape
    dw = np.zeros(w_shape, g.dtype)
    for i in range(oh):
        for j in range(ow):
            dw += np.einsum("nabc,no->abco", xp[:, i * sh : i * sh + kh, j * sw : j * sw + kw], g[:, i, j])
    return array((dw / x.shape[0]).astype(g.dtype))
