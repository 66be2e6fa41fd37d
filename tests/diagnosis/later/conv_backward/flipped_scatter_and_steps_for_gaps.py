"""Flips the kernel while it scatters, and lets the gradient of the kernel slide in steps instead of with gaps.

Ideas: stride_for_dilation, kernel_not_flipped.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, Ho, Wo, Co = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (N, Ho, Wo, Co):
        raise ValueError("wrong out_grad")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    _, H, W, Ci = x_shape
    K1, K2 = w.shape[:2]
    wf = flip(w, (0, 1))  # wrong: no flip where each output adds to its own window
    dx = zeros((N, H + 2 * ph, W + 2 * pw, Ci), w.device, w.dtype)
    g = out_grad.reshape((N * Ho * Wo, Co))
    for a in range(K1):
        for b in range(K2):
            rows = slice(a, a + sh * (Ho - 1) + 1, sh)
            cols = slice(b, b + sw * (Wo - 1) + 1, sw)
            part = (g @ wf[a, b].permute((1, 0))).reshape((N, Ho, Wo, Ci))
            dx[:, rows, cols] = dx[:, rows, cols] + part
    return dx[:, ph : ph + H, pw : pw + W]


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if output_shape(x.shape, w_shape, stride, padding) != out_grad.shape:
        raise ValueError("wrong out_grad")
    x_t = x.permute((3, 1, 2, 0))
    g_t = out_grad.permute((1, 2, 0, 3))
    dw = conv(x_t, g_t, stride, padding)  # wrong: dilate out_grad, and slide with stride 1
    return dw.permute((1, 2, 0, 3))
