"""Correlates in full, cuts the padding off, and puts what there is into the corner; the kernel's axes trade places.

Ideas: height_and_width_exchanged_in_w_grad, padding_cut_before_the_remainder.
"""


def _full(g, k):
    kh, kw = k.shape[:2]
    g = pad(g, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
    return conv(g, k)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad: wrong shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : (out_grad.shape[1] - 1) * sh + 1, : (out_grad.shape[2] - 1) * sw + 1]
    full = _full(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
    full = full[:, ph : full.shape[1] - ph, pw : full.shape[2] - pw]  # wrong: what the stride left over may reach into the padding
    result = zeros(x_shape, w.device, w.dtype)
    result[:, : full.shape[1], : full.shape[2], :] = full
    return result


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad: wrong shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : (out_grad.shape[1] - 1) * sh + 1, : (out_grad.shape[2] - 1) * sw + 1]
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    dw = conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
    dw = dw[:, : w_shape[0], : w_shape[1]]
    return dw.permute((2, 1, 0, 3))  # wrong: height and width trade places
