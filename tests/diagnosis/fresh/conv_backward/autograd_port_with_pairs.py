"""The autograd formula of the lecture, with pairs, and without a thought about the remainder.

Ideas: cut_forgotten, last_zeros_kept.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    expected = output_shape(x_shape, w.shape, stride, padding)
    if tuple(out_grad.shape) != tuple(expected):
        raise ValueError("wrong shape of out_grad")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    kh, kw, _, _ = w.shape
    if s_h > 1:
        out_grad = dilate(out_grad, (1,), s_h - 1)  # wrong: the zeros after the last element are never cut
    if s_w > 1:
        out_grad = dilate(out_grad, (2,), s_w - 1)  # wrong: the same
    w_t = flip(w, (0, 1)).permute((0, 1, 3, 2))
    eh, ew = kh - 1 - p_h, kw - 1 - p_w
    return conv(pad(out_grad, ((0, 0), (eh, eh), (ew, ew), (0, 0))), w_t)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    expected = output_shape(x.shape, w_shape, stride, padding)
    if tuple(out_grad.shape) != tuple(expected):
        raise ValueError("wrong shape of out_grad")
    s_h, s_w = pair(stride)
    if s_h > 1:
        out_grad = dilate(out_grad, (1,), s_h - 1)  # wrong: the zeros after the last element are never cut
    if s_w > 1:
        out_grad = dilate(out_grad, (2,), s_w - 1)  # wrong: the same
    x_t = x.permute((3, 1, 2, 0))
    g_t = out_grad.permute((1, 2, 0, 3))
    dw = conv(x_t, g_t, padding=padding)
    return dw.permute((1, 2, 0, 3))
