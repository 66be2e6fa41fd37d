"""Exchanges axes with reshape, in both gradients.

Ideas: channels_reshaped, picture_reshaped.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    want = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != want:
        raise ValueError(f"out_grad should be {want}")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, ci, co = w.shape
    wt = flip(w, (0, 1)).reshape((kh, kw, co, ci))  # wrong: permute, do not reshape
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    g = g[:, : x_shape[1] + 2 * ph - kh + 1, : x_shape[2] + 2 * pw - kw + 1, :]
    g = pad(g, ((0, 0), (kh - 1 - ph, kh - 1 - ph), (kw - 1 - pw, kw - 1 - pw), (0, 0)))
    return conv(g, wt)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    want = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != want:
        raise ValueError(f"out_grad should be {want}")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    n, h, wd, ci = x.shape
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    g = g[:, : h + 2 * ph - w_shape[0] + 1, : wd + 2 * pw - w_shape[1] + 1, :]
    x2 = x.reshape((ci, h, wd, n))  # wrong: permute, do not reshape
    return conv(x2, g.permute((1, 2, 0, 3)), padding=padding).permute((1, 2, 0, 3))
