"""w_grad reshapes where it must permute back; x_grad has no negative padding.

Ideas: negative_edge_taken_for_none, reshaped_for_permuted_back.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad and output have different shapes")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, _, _ = w.shape
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    g = g[:, 0 : x_shape[1] + 2 * ph - kh + 1, 0 : x_shape[2] + 2 * pw - kw + 1, :]
    wt = flip(w, (0, 1)).permute((0, 1, 3, 2)).compact()
    new_pad = (max(kh - 1 - ph, 0), max(kw - 1 - pw, 0))  # wrong: a negative edge must cut elements off
    return conv(g, wt, 1, new_pad)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad and output have different shapes")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, co = w_shape
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, 0 : x.shape[1] + 2 * ph - kh + 1, 0 : x.shape[2] + 2 * pw - kw + 1, :]
    xt = x.permute((3, 1, 2, 0)).compact()
    gt = g.permute((1, 2, 0, 3)).compact()
    dw = conv(xt, gt, 1, (ph, pw))
    return dw.reshape((kh, kw, ci, co))  # wrong: (C_in, KH, KW, C_out) is reshaped, not permuted
