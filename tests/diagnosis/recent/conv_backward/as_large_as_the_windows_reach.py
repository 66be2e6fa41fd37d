"""conv_x_grad returns only the pixels up to the last one that a window reaches, so its shape is too small.

Ideas: remainder_ignored.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    exp = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != exp:
        raise ValueError(str(exp))
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    k_h, k_w, c_in, c_out = w.shape
    n, oh, ow, _ = out_grad.shape
    # inverse of the formula for the size of the output
    H = (oh - 1) * s_h + k_h - 2 * p_h  # wrong: x_shape[1] is larger if the stride leaves rows over
    W = (ow - 1) * s_w + k_w - 2 * p_w  # wrong: x_shape[2] is larger if the stride leaves columns over
    dx = zeros((n, H + 2 * p_h, W + 2 * p_w, c_in), out_grad.device, out_grad.dtype)
    wt = w.permute((0, 1, 3, 2))
    for i in range(oh):
        for j in range(ow):
            g = out_grad[:, i, j, :]
            for a in range(k_h):
                for b in range(k_w):
                    dx[:, i * s_h + a, j * s_w + b, :] += g @ wt[a, b]
    return dx[:, p_h : p_h + H, p_w : p_w + W, :]
