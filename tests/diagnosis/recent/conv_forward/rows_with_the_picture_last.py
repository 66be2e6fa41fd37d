"""The rows of im2col are in the order (i, j, n). conv knows that and is right."""


def im2col(x, kernel, stride=1, padding=0):
    k1, k2 = kernel
    n, _, _, c = x.shape
    _, m1, m2, _ = output_shape(x.shape, (k1, k2, c, 1), stride, padding)
    (s1, s2), (p1, p2) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (p1, p1), (p2, p2), (0, 0)])
    out = zeros((m1 * m2 * n, k1 * k2 * c), x.device, x.dtype)
    row = 0
    for i in range(m1):
        for j in range(m2):
            block = xp[:, i * s1 : i * s1 + k1, j * s2 : j * s2 + k2, :]
            out[row : row + n] = block.reshape((n, k1 * k2 * c))  # wrong: row (n, i, j), the picture comes first
            row += n  # wrong: the rows of a picture lie together
    return out


def conv(x, w, stride=1, padding=0):
    n, m1, m2, co = output_shape(x.shape, w.shape, stride, padding)
    k1, k2, ci, _ = w.shape
    (s1, s2), (p1, p2) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (p1, p1), (p2, p2), (0, 0)])
    a, b, d, e = xp.strides
    cols = xp.as_strided((m1, m2, n, k1, k2, ci), (b * s1, d * s2, a, b, d, e)).reshape((m1 * m2 * n, k1 * k2 * ci))
    res = cols @ w.reshape((k1 * k2 * ci, co))
    return res.reshape((m1, m2, n, co)).permute((2, 0, 1, 3)).compact()
