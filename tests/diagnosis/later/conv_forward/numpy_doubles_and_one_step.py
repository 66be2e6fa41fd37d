"""Computes with np.zeros, which holds doubles; the windows of im2col step by the stride of the rows.

Ideas: columns_moved_by_the_stride_of_the_height, result_in_float64,
windows_moved_by_the_stride_of_the_height.
"""

import numpy as np

import ndarray


def im2col(x, kernel, stride=1, padding=0):
    KH, KW = kernel
    C = x.shape[3]
    N, OH, OW, _ = output_shape(x.shape, (KH, KW, C, 1), stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                win = np.zeros((KH, KW, C), xp.dtype)
                part = xp[n, i * sh : i * sh + KH, j * sh : j * sh + KW]  # wrong: sw for the columns
                win[: part.shape[0], : part.shape[1]] = part
                rows.append(win.ravel())
    mat = np.array(rows, dtype=xp.dtype).reshape((N * OH * OW, KH * KW * C))
    return ndarray.array(mat, x.device)


def conv(x, w, stride=1, padding=0):
    N, OH, OW, O = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    wn = w.numpy()
    out = np.zeros((N, OH, OW, O))  # wrong: float64, whatever x has
    for a in range(wn.shape[0]):
        for b in range(wn.shape[1]):
            out += xp[:, a : a + sh * (OH - 1) + 1 : sh, b : b + sw * (OW - 1) + 1 : sw] @ wn[a, b]
    return ndarray.array(out, x.device)
