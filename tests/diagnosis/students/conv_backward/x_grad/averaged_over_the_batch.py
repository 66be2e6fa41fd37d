"""A col2im whose result is divided by the number of pictures.

Ideas: divided_by_the_batch.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, h, wd, c = x_shape
    kh, kw, _, o = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not have the shape of the output")
    _, oh, ow, _ = out_grad.shape
    cols = out_grad.numpy().reshape(-1, o) @ w.numpy().reshape(-1, o).T
    cols = cols.reshape(n, oh, ow, kh, kw, c)
    dx = np.zeros((n, h + 2 * ph, wd + 2 * pw, c), cols.dtype)
    for a in range(kh):
        for b in range(kw):
            dx[:, a : a + oh * sh : sh, b : b + ow * sw : sw][:, :oh, :ow] += cols[:, :, :, a, b]
    dx = dx[:, ph : ph + h, pw : pw + wd] / n
    return array(np.ascontiguousarray(dx.astype(cols.dtype)))
