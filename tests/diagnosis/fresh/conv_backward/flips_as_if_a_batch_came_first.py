"""Thinks that the kernel, too, has its picture on axes 1 and 2.

Ideas: kernel_flipped_on_axes_1_and_2.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    want = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != want:
        raise ValueError("out_grad has the wrong shape")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    KH, KW, CI, CO = w.shape
    grad = dilate(out_grad, (1,), s_h - 1)
    grad = dilate(grad, (2,), s_w - 1)
    grad = grad[:, : x_shape[1] + 2 * p_h - KH + 1, : x_shape[2] + 2 * p_w - KW + 1]
    kernel = flip(w, (1, 2))  # wrong: the axes of the kernel's picture are 0 and 1
    kernel = kernel.permute((0, 1, 3, 2))
    grad = pad(grad, ((0, 0), (KH - 1 - p_h, KH - 1 - p_h), (KW - 1 - p_w, KW - 1 - p_w), (0, 0)))
    return conv(grad, kernel)
