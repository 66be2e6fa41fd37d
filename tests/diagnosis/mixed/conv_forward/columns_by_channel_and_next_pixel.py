"""Puts the channel before the pixel in each column, and takes windows one pixel apart.

Ideas: channels_first_in_a_row, rows_one_pixel_apart.
"""


def im2col(x, kernel, stride=1, padding=0):
    KH, KW = kernel
    N, OH, OW, _ = output_shape(x.shape, (KH, KW, x.shape[3], 1), stride, padding)
    ph, pw = pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    C = xp.shape[3]
    cols = zeros((N, OH, OW, C, KH, KW), dtype=x.dtype)
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, :, i, j] = xp[:, i : i + OH, j : j + OW, :]
    return cols.reshape((N * OH * OW, C * KH * KW))
