"""Dilates by the stride and not by one less, in both gradients.

Ideas: dilated_by_the_stride, kernel_dilated_by_the_stride.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[:2]
    g = dilate(dilate(out_grad, 1, sh), 2, sw)
    g = g[:, : x_shape[1] + 2 * ph - kh + 1, : x_shape[2] + 2 * pw - kw + 1]
    g = pad(g, ((0, 0), (kh - 1 - ph,) * 2, (kw - 1 - pw,) * 2, (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    g = dilate(dilate(out_grad, 1, sh), 2, sw)
    g = g[:, : xp.shape[1] - w_shape[0] + 1, : xp.shape[2] - w_shape[1] + 1]
    return conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3))).permute((1, 2, 0, 3))
