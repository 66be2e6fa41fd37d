"""The indices of the columns exist only if the stride leaves nothing over, and a fancy index adds to a pixel only once.

Ideas: last_window_wins, left_over_asserted_away, left_over_asserted_away_in_w_grad.
"""

import numpy as np
from ndarray import array


def _im2col_indices(x_shape, kh, kw, stride, padding):
    n, h, w, c = x_shape
    (sh, sw), (ph, pw) = stride, padding
    assert (h + 2 * ph - kh) % sh == 0  # wrong: the stride may leave pixels over
    assert (w + 2 * pw - kw) % sw == 0  # wrong: the stride may leave pixels over
    out_h = (h + 2 * ph - kh) // sh + 1
    out_w = (w + 2 * pw - kw) // sw + 1
    i0 = np.repeat(np.arange(kh), kw)
    j0 = np.tile(np.arange(kw), kh)
    i1 = sh * np.repeat(np.arange(out_h), out_w)
    j1 = sw * np.tile(np.arange(out_w), out_h)
    return i1.reshape(-1, 1) + i0.reshape(1, -1), j1.reshape(-1, 1) + j0.reshape(1, -1)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, oh, ow, f = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (n, oh, ow, f):
        raise ValueError("dout has the wrong shape")
    kh, kw, c, f = w.shape
    ph, pw = pair(padding)
    i, j = _im2col_indices(x_shape, kh, kw, pair(stride), (ph, pw))
    dcols = out_grad.numpy().reshape(n, oh * ow, f) @ w.numpy().reshape(kh * kw * c, f).T
    dcols = dcols.reshape(n, oh * ow, kh * kw, c)
    dx = np.zeros((n, x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, c), dtype=dcols.dtype)
    dx[:, i, j, :] += dcols  # wrong: a pixel that occurs several times gets only one of its numbers
    return array(dx[:, ph : ph + x_shape[1], pw : pw + x_shape[2]], w.device, w.dtype)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, f = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, f):
        raise ValueError("dout has the wrong shape")
    kh, kw, c, f = w_shape
    ph, pw = pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)]).numpy()
    i, j = _im2col_indices(x.shape, kh, kw, pair(stride), (ph, pw))
    cols = xp[:, i, j, :].reshape(n * oh * ow, kh * kw * c)
    dw = cols.T @ out_grad.numpy().reshape(n * oh * ow, f)
    return array(dw.reshape(w_shape), x.device, x.dtype)
