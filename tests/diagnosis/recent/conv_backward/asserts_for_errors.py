"""Wrong shapes end in an AssertionError, and dilate takes an axis that does not exist for another one.

Ideas: negative_dilation_asserted, axes_that_are_not_there_left_out, shape_of_out_grad_asserted,
shape_of_out_grad_asserted_in_w_grad.
"""


def dilate(a, axes, dilation):
    if isinstance(axes, int):
        axes = [axes]
    assert dilation >= 0  # wrong: it has to be a ValueError
    axes = [ax % a.ndim for ax in axes]  # wrong: an axis out of range becomes another one
    shape = [n * (dilation + 1) if i in axes else n for i, n in enumerate(a.shape)]
    out = zeros(shape, a.device, a.dtype)
    out[tuple(slice(0, n, dilation + 1) if i in axes else slice(0, n) for i, n in enumerate(shape))] = a
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x_shape, w.shape, stride, padding)
    assert out_grad.shape == (N, OH, OW, CO)  # wrong: it has to be a ValueError
    KH, KW, CI, _ = w.shape
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    full = zeros((N, x_shape[1] + 2 * PH, x_shape[2] + 2 * PW, CI), out_grad.device, out_grad.dtype)
    g2 = out_grad.reshape((N * OH * OW, CO))
    for kh in range(KH):
        for kw in range(KW):
            rows, cols = slice(kh, kh + SH * (OH - 1) + 1, SH), slice(kw, kw + SW * (OW - 1) + 1, SW)
            add = (g2 @ w[kh, kw].permute((1, 0))).reshape((N, OH, OW, CI))
            full[:, rows, cols] = full[:, rows, cols] + add
    return pad(full, [(0, 0), (-PH, -PH), (-PW, -PW), (0, 0)])


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w_shape, stride, padding)
    assert out_grad.shape == (N, OH, OW, CO)  # wrong: it has to be a ValueError
    KH, KW, CI, _ = w_shape
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    res = zeros(w_shape, x.device, x.dtype)
    g2 = out_grad.reshape((N * OH * OW, CO))
    for kh in range(KH):
        for kw in range(KW):
            rows, cols = slice(kh, kh + SH * (OH - 1) + 1, SH), slice(kw, kw + SW * (OW - 1) + 1, SW)
            res[kh, kw] = xp[:, rows, cols].reshape((N * OH * OW, CI)).permute((1, 0)) @ g2
    return res
