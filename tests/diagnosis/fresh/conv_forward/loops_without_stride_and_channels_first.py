"""The loops forget the stride, and im2col writes a window channel by channel.

Ideas: loop_without_stride, channels_first_in_a_row.
"""


def conv_loops(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    KH, KW, CI, _ = w.shape
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((N, OH, OW, CO), x.device, x.dtype)
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                window = xp[n, i : i + KH, j : j + KW, :]  # wrong: windows are a stride apart
                for o in range(CO):
                    out[n, i, j, o] = (window * w[:, :, :, o]).sum()
    return out


def im2col(x, kernel, stride=1, padding=0):
    KH, KW = kernel
    N, OH, OW, _ = output_shape(x.shape, (KH, KW, x.shape[3], 1), stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    C = x.shape[3]
    n_, h_, w_, c_ = xp.strides
    windows = xp.as_strided((N, OH, OW, C, KH, KW), (n_, sh * h_, sw * w_, c_, h_, w_))  # wrong: the channel must come last in a row
    return windows.compact().reshape((N * OH * OW, KH * KW * C))
