"""im2col with the channels before the rows and columns of the window, as torch's unfold has them.

Ideas: channels_first_in_the_window.
"""


def conv(x, w, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    KH, KW, C_in, _ = w.shape
    Ns, Hs, Ws, Cs = x.strides
    win_shape = (N, H_out, W_out, C_in, KH, KW)  # wrong: w has KH, KW, C_in
    cols = x.as_strided(win_shape, (Ns, Hs * sh, Ws * sw, Cs, Hs, Ws))  # wrong: the same order
    cols = cols.compact().reshape((N * H_out * W_out, KH * KW * C_in))
    out = cols @ w.compact().reshape((KH * KW * C_in, C_out))
    return out.reshape((N, H_out, W_out, C_out))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    KH, KW, _, _ = w.shape
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x_shape[1] + 2 * ph - KH + 1, : x_shape[2] + 2 * pw - KW + 1]
    qh, qw = KH - 1 - ph, KW - 1 - pw
    return conv(pad(g, ((0, 0), (qh, qh), (qw, qw), (0, 0))), flip(w, (0, 1)).permute((0, 1, 3, 2)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad does not fit")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x.shape[1] + 2 * ph - w_shape[0] + 1, : x.shape[2] + 2 * pw - w_shape[1] + 1]
    dw = conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), 1, padding)
    return dw.permute((1, 2, 0, 3))
