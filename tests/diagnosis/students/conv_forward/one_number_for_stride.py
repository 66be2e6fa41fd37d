"""Stride and padding are taken for ints; a pair ends in a TypeError.

Ideas: stride_of_conv_taken_for_one_number, padding_of_conv_taken_for_one_number.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    x_np, w_np = x.numpy(), w.numpy()
    N, H, W, C_in = x_np.shape
    KH, KW, _, C_out = w_np.shape
    out_h = (H + 2 * padding - KH) // stride + 1
    out_w = (W + 2 * padding - KW) // stride + 1
    if KH > H + 2 * padding or KW > W + 2 * padding or C_in != w_np.shape[2]:
        raise ValueError("shapes do not fit")
    x_pad = np.zeros((N, H + 2 * padding, W + 2 * padding, C_in), x_np.dtype)
    x_pad[:, padding : padding + H, padding : padding + W] = x_np
    out = np.zeros((N, out_h, out_w, C_out), x_np.dtype)
    for i in range(out_h):
        for j in range(out_w):
            window = x_pad[:, i * stride : i * stride + KH, j * stride : j * stride + KW]
            out[:, i, j] = np.tensordot(window, w_np, axes=3)
    return array(out)
