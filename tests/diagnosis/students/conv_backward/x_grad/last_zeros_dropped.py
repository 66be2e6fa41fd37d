"""Cuts the s - 1 zeros behind the last element away, and with them the pixels that the stride leaves over.

Ideas: remainder_ignored.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shapes")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[:2]
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    g = g[:, : g.shape[1] - (sh - 1), : g.shape[2] - (sw - 1), :]
    g = pad(g, [(0, 0), (kh - 1 - ph,) * 2, (kw - 1 - pw,) * 2, (0, 0)])
    return conv(g, flip(w, [0, 1]).permute((0, 1, 3, 2)))
