"""im2col in the order of torch's unfold, channels first; conv does not use it.

Ideas: channels_first_in_a_row.
"""


def im2col(x, kernel, stride=1, padding=0):
    kh, kw = kernel
    c = x.shape[3]
    n, ho, wo, _ = output_shape(x.shape, (kh, kw, c, 1), stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((n * ho * wo, c * kh * kw), x.device, x.dtype)
    row = 0
    for b in range(n):
        for i in range(ho):
            for j in range(wo):
                window = x[b, i * sh : i * sh + kh, j * sw : j * sw + kw, :]
                out[row] = window.permute((2, 0, 1)).reshape((-1,))  # wrong: rows, columns, channels
                row += 1
    return out


def conv(x, w, stride=1, padding=0):
    n, ho, wo, co = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, c, _ = w.shape
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    sN, sH, sW, sC = xp.strides
    windows = xp.as_strided((n, ho, wo, kh, kw, c), (sN, sH * sh, sW * sw, sH, sW, sC))
    return (windows.reshape((n * ho * wo, kh * kw * c)) @ w.reshape((-1, co))).reshape((n, ho, wo, co))
