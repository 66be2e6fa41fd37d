"""The windows step by the stride inside the kernel too, and conv_x_grad does not compare the shape of out_grad.

Ideas: out_grad_of_any_shape, stride_between_and_inside_in_w_grad.
"""


def _windows(x, kernel, stride, out):
    n, rows, cols, ch = x.strides
    return x.as_strided(
        (x.shape[0], out[0], out[1], kernel[0], kernel[1], x.shape[3]),
        (n, rows * stride[0], cols * stride[1], rows * stride[0], cols * stride[1], ch),  # wrong: inside a window the pixels are neighbors
    )


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, OH, OW, O = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, OH, OW, O):
        raise ValueError(f"out_grad: {out_grad.shape}")
    KH, KW, I, _ = w_shape
    ph, pw = pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    col = _windows(xp, (KH, KW), pair(stride), (OH, OW)).reshape((N * OH * OW, KH * KW * I))
    g = out_grad.reshape((N * OH * OW, O))
    return (col.permute((1, 0)) @ g).reshape((KH, KW, I, O))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, OH, OW, O = out_grad.shape  # wrong: nothing compares this shape with the one of the output
    KH, KW, I, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = out_grad.reshape((N * OH * OW, O))
    full = zeros((N, x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, I), out_grad.device, out_grad.dtype)
    for a in range(KH):
        for b in range(KW):
            view = full[:, a : a + sh * (OH - 1) + 1 : sh, b : b + sw * (OW - 1) + 1 : sw, :]
            view[...] = view + (g @ w[a, b].permute((1, 0))).reshape((N, OH, OW, I))
    return full[:, ph : ph + x_shape[1], pw : pw + x_shape[2], :].compact()
