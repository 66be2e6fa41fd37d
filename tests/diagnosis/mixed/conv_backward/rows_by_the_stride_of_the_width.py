"""Adds every window to a padded picture, its rows as far apart as the stride of the width says."""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("shape mismatch")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    N, H, W, C = x_shape
    kh, kw, cin, cout = w.shape
    _, oh, ow, _ = out_grad.shape
    big = zeros((N, H + 2 * p_h, W + 2 * p_w, C), dtype=out_grad.dtype)
    rows = out_grad.compact().reshape((N * oh * ow, cout))
    for i in range(kh):
        for j in range(kw):
            tap = w[i, j].permute((1, 0)).compact()
            piece = (rows @ tap).reshape((N, oh, ow, cin))
            at = (slice(0, N), slice(i, i + oh * s_w, s_w), slice(j, j + ow * s_w, s_w), slice(0, C))
            big[at] = big[at] + piece
    return big[:, p_h : p_h + H, p_w : p_w + W, :]
