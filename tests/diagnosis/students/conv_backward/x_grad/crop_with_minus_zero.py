"""Scatters into a padded picture and crops it with p:-p, which leaves nothing where p is 0.

Ideas: frame_cut_up_to_minus_zero.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad has the wrong shape")
    N, H, W, C = x_shape
    KH, KW, _, _ = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    G = out_grad.numpy()
    K = w.numpy()
    dx = np.zeros((N, H + 2 * ph, W + 2 * pw, C), G.dtype)
    for i in range(G.shape[1]):
        for j in range(G.shape[2]):
            dx[:, i * sh : i * sh + KH, j * sw : j * sw + KW, :] += np.einsum("no,hwco->nhwc", G[:, i, j], K)
    return array(np.ascontiguousarray(dx[:, ph:-ph, pw:-pw, :]))
