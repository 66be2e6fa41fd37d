"""Takes the slices' ends from the picture before padding; pad writes to negative places.

Ideas: negative_number_as_an_index, shifted_within_the_bare_picture.
"""


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("need a pair for every axis")
    shape = tuple(n + sum(p) for n, p in zip(a.shape, padding))
    if min(shape, default=0) < 0:
        raise ValueError("negative size")
    out = zeros(shape, a.device, a.dtype)
    out[tuple(slice(lo, lo + n) for n, (lo, _) in zip(a.shape, padding))] = a  # wrong: lo may be negative
    return out


def conv_shifted(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    _, H, W, CI = x.shape
    KH, KW = w.shape[0], w.shape[1]
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((N * OH * OW, CO), x.device, x.dtype)
    for a in range(KH):
        for b in range(KW):
            px = xp[:, a : H - KH + a + 1 : sh, b : W - KW + b + 1 : sw, :]  # wrong: H + 2p and W + 2p
            out = out + px.reshape((N * OH * OW, CI)) @ w[a, b]
    return out.reshape((N, OH, OW, CO))
