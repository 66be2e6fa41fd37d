"""Always drops all the zeros after the last element, and puts the axes of the kernel's gradient in a wrong order.

Ideas: remainder_ignored, channels_out_before_channels_in, channels_exchanged.
"""


def _dilated(g, sh, sw):
    g = dilate(g, 1, sh - 1)
    return dilate(g, 2, sw - 1)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad.shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = _dilated(out_grad, sh, sw)
    if sh > 1:
        g = g[:, : -(sh - 1)]  # wrong: keep as many zeros as the stride leaves over
    if sw > 1:
        g = g[:, :, : -(sw - 1)]  # wrong: the same
    kh, kw = w.shape[:2]
    eh, ew = kh - ph - 1, kw - pw - 1
    return conv(pad(g, ((0, 0), (eh, eh), (ew, ew), (0, 0))), flip(w.permute((0, 1, 3, 2)), (0, 1)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad.shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = _dilated(out_grad, sh, sw)
    g = g[:, : x.shape[1] + 2 * ph - w_shape[0] + 1, : x.shape[2] + 2 * pw - w_shape[1] + 1, :]
    res = conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), padding=(ph, pw))
    return res.permute((1, 2, 3, 0))  # wrong: (KH, KW, C_out, C_in)
