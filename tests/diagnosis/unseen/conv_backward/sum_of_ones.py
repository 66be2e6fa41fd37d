"""conv_w_grad adds up the windows and forgets to weigh them with out_grad.

Ideas: upstream_ignored.
"""

import numpy as np
from ndarray import array


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x.shape, w_shape, stride, padding)):
        raise ValueError("wrong shape of out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, c_in, c_out = w_shape
    padded = np.pad(x.numpy(), ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    grad = np.zeros(w_shape, dtype=padded.dtype)
    for i in range(out_grad.shape[1]):
        for j in range(out_grad.shape[2]):
            window = padded[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            grad += window.sum(axis=0)[:, :, :, None]
    return array(grad)
