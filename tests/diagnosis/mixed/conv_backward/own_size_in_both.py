"""Takes (H + 2p - K + 1) // s for the size of the output and refuses what differs, in both gradients.

Ideas: out_grad_expected_without_the_first_window, out_grad_expected_without_the_first_window_in_w_grad.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, H, W, C_in = x_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, _, C_out = w.shape
    new_H = (H + 2 * ph - kh + 1) // sh
    new_W = (W + 2 * pw - kw + 1) // sw
    if out_grad.shape != (N, new_H, new_W, C_out):
        raise ValueError(f"expected {(N, new_H, new_W, C_out)}, got {out_grad.shape}")
    g = dilate(dilate(out_grad, (1,), sh - 1), (2,), sw - 1)
    g = g[:, : H + 2 * ph - kh + 1, : W + 2 * pw - kw + 1, :]
    wt = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(pad(g, ((0, 0), (kh - 1 - ph, kh - 1 - ph), (kw - 1 - pw, kw - 1 - pw), (0, 0))), wt)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, H, W, C_in = x.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, _, C_out = w_shape
    new_H = (H + 2 * ph - kh + 1) // sh
    new_W = (W + 2 * pw - kw + 1) // sw
    if out_grad.shape != (N, new_H, new_W, C_out):
        raise ValueError(f"expected {(N, new_H, new_W, C_out)}, got {out_grad.shape}")
    g = dilate(dilate(out_grad, (1,), sh - 1), (2,), sw - 1)
    g = g[:, : H + 2 * ph - kh + 1, : W + 2 * pw - kw + 1, :]
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    return conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3))).permute((1, 2, 0, 3))
