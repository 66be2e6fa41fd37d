"""w_grad exchanges axes 0 and 2 of out_grad: its width becomes the kernel's height.

Ideas: out_grad_permuted_with_its_axes_exchanged.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x.shape[1] + 2 * ph - w_shape[0] + 1, : x.shape[2] + 2 * pw - w_shape[1] + 1]
    X_permute = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).permute((3, 1, 2, 0))
    g_permute = g.permute((2, 1, 0, 3))
    return conv(X_permute, g_permute).permute((1, 2, 0, 3))
