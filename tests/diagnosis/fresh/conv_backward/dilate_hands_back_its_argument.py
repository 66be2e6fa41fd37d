"""dilate has nothing to do for 0 and hands back its argument; w_grad uses this and writes to it."""


def dilate(a, axes, dilation):
    if dilation == 0:
        return a  # wrong: not a new array
    if dilation < 0:
        raise ValueError("negative")
    axes = set(normalize_axes(axes, a.ndim))
    out = zeros([n * (1 + dilation) if i in axes else n for i, n in enumerate(a.shape)], a.device, a.dtype)
    out[tuple(slice(None, None, 1 + dilation) if i in axes else slice(None) for i in range(a.ndim))] = a
    return out


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, co = w_shape
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x.shape[1] + 2 * ph - kh + 1, : x.shape[2] + 2 * pw - kw + 1]
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((kh, kw, ci, co), x.device, x.dtype)
    for a in range(kh):
        for b in range(kw):
            part = xp[:, a : a + g.shape[1], b : b + g.shape[2], :]
            rows = part.compact().reshape((-1, ci))
            out[a, b] = rows.permute((1, 0)) @ g.compact().reshape((-1, co))
    g[...] = 0  # wrong: with stride 1 this is out_grad itself
    return out
