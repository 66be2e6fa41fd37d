"""The gradients of a needle homework: its transpose exchanges two axes, but an NDArray has no such method.

Ideas: transpose_called_in_x_grad.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, H, W, C_in = x_shape
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("out_grad has the wrong shape")
    K_h, K_w, _, C_out = w.shape
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    W_flip = flip(w, (0, 1)).transpose((2, 3))  # wrong: NDArray has permute only
    g = out_grad
    if s_h > 1:
        g = dilate(g, (1,), s_h - 1)
    if s_w > 1:
        g = dilate(g, (2,), s_w - 1)
    g = g[:, : H + 2 * p_h - K_h + 1, : W + 2 * p_w - K_w + 1, :]
    g = pad(g, ((0, 0), (K_h - 1 - p_h, K_h - 1 - p_h), (K_w - 1 - p_w, K_w - 1 - p_w), (0, 0)))
    return conv(g, W_flip)
