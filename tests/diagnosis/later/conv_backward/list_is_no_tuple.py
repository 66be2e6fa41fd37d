"""Compares the shape of out_grad with a list, so every call raises."""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, h, wid, c_in = x_shape
    kh, kw, _, c_out = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    oh = output_size(h, kh, sh, ph)
    ow = output_size(wid, kw, sw, pw)
    if out_grad.shape != [n, oh, ow, c_out]:  # wrong: a tuple never equals a list
        raise ValueError(f"out_grad has shape {out_grad.shape}, expected {[n, oh, ow, c_out]}")
    if c_in != w.shape[2]:
        raise ValueError("channels")
    g = dilate(out_grad, (1,), sh - 1)
    g = dilate(g, (2,), sw - 1)
    # how many zeros to keep: L + 2q - K + 1 == H
    lh = h + kh - 1 - 2 * (kh - 1 - ph)
    lw = wid + kw - 1 - 2 * (kw - 1 - pw)
    g = g[:, :lh, :lw, :]
    g = pad(g, ((0, 0), (kh - 1 - ph,) * 2, (kw - 1 - pw,) * 2, (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
