"""The kernel is flipped, and its channel axes stay where they were.

Ideas: channels_not_exchanged.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    _, H, W, _ = x_shape
    KH, KW, _, _ = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    expected = output_shape(x_shape, w.shape, stride, padding)
    if tuple(out_grad.shape) != tuple(expected):
        raise ValueError(f"out_grad should be {expected}")
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    lh, lw = H + 2 * ph - KH + 1, W + 2 * pw - KW + 1
    g = g[:, :lh, :lw, :]
    g = pad(g, ((0, 0), (KH - 1 - ph, KH - 1 - ph), (KW - 1 - pw, KW - 1 - pw), (0, 0)))
    w_flipped = flip(w, (0, 1))
    return conv(g, w_flipped, stride=1, padding=0)
