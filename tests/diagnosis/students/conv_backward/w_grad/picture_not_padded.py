"""The gradient of the kernel, looking at x without the zeros that the forward pass saw.

Ideas: picture_not_padded, picture_not_padded_and_out_grad_cut.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    KH, KW = w_shape[0], w_shape[1]
    sh, sw = pair(stride)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x.shape[1] - KH + 1, : x.shape[2] - KW + 1, :]
    xt = x.permute((3, 1, 2, 0))
    gt = g.permute((1, 2, 0, 3))
    return conv(xt, gt, 1, 0).permute((1, 2, 0, 3))
