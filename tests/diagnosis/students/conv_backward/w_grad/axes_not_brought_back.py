"""conv does the work, and its result keeps the channels of x in front.

Ideas: not_permuted_back.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("wrong shape of out_grad")
    kh, kw = w_shape[:2]
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    lh = x.shape[1] + 2 * ph - kh + 1
    lw = x.shape[2] + 2 * pw - kw + 1
    g = dilate(out_grad, 1, sh - 1)[:, :lh]
    g = dilate(g, 2, sw - 1)[:, :, :lw]
    return conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), 1, (ph, pw))
