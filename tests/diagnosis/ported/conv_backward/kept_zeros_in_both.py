"""Both gradients keep the zeros that dilate puts behind the last element.

Ideas: cut_forgotten, last_zeros_kept.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("out_grad has the wrong shape")
    s, p = pair(stride), pair(padding)
    KH, KW, _, _ = w.shape
    g = dilate(out_grad, (1,), s[0] - 1)
    g = dilate(g, (2,), s[1] - 1)
    W_t = flip(w, (0, 1)).permute((0, 1, 3, 2))
    g = pad(g, ((0, 0), (KH - 1 - p[0], KH - 1 - p[0]), (KW - 1 - p[1], KW - 1 - p[1]), (0, 0)))
    return conv(g, W_t, stride=1, padding=0)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x.shape, w_shape, stride, padding)):
        raise ValueError("out_grad has the wrong shape")
    s, p = pair(stride), pair(padding)
    g = dilate(out_grad, (1,), s[0] - 1)
    g = dilate(g, (2,), s[1] - 1)
    X_permute = x.permute((3, 1, 2, 0))
    g_permute = g.permute((1, 2, 0, 3))
    W_grad = conv(X_permute, g_permute, stride=1, padding=p)
    return W_grad.permute((1, 2, 0, 3))
