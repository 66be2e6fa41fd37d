"""conv counts (H + 2p - K + 1) // s windows, and both gradients keep all zeros and assert K - 1 - p >= 0.

Ideas: shape_of_out_grad_asserted, shape_of_out_grad_asserted_in_w_grad, windows_counted_without_the_first,
cut_forgotten, last_zeros_kept, negative_edge_asserted_away.
"""


def conv(x, w, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    output_shape(x.shape, w.shape, stride, padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, H, W, C_in = x.shape
    KH, KW, _, C_out = w.shape
    Ns, Hs, Ws, Cs = x.strides
    out_h, out_w = (H - KH + 1) // sh, (W - KW + 1) // sw
    a = x.as_strided((N, out_h, out_w, KH, KW, C_in), (Ns, Hs * sh, Ws * sw, Hs, Ws, Cs)).compact()
    out = a.reshape((N * out_h * out_w, KH * KW * C_in)) @ w.compact().reshape((KH * KW * C_in, C_out))
    return out.compact().reshape((N, out_h, out_w, C_out))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    assert out_grad.shape == output_shape(x_shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    KH, KW, _, _ = w.shape
    assert KH - 1 - ph >= 0 and KW - 1 - pw >= 0, "padding larger than the kernel"
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)), padding=(KH - 1 - ph, KW - 1 - pw))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    assert out_grad.shape == output_shape(x.shape, w_shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    return conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), padding=(ph, pw)).permute((1, 2, 0, 3))
