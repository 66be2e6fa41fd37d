"""Slides G with every zero of dilate over x, so that remainders give fewer numbers than weights.

Ideas: last_zeros_kept.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("wrong shape of out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    dw = conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
    return dw.permute((1, 2, 0, 3))
