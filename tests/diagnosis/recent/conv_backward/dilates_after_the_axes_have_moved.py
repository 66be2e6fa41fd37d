"""conv_w_grad permutes out_grad first and then dilates the axes that were height and width before.

Ideas: dilated_on_the_old_axes.
"""


def conv(x, w, stride=1, padding=0):
    b, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    x = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    kh, kw, ci, _ = w.shape
    rows = []
    out = zeros((b, oh, ow, co), x.device, x.dtype)
    flat_w = w.reshape((kh * kw * ci, co))
    for i in range(oh):
        for j in range(ow):
            win = x[:, i * sh : i * sh + kh, j * sw : j * sw + kw, :]
            out[:, i, j, :] = win.reshape((b, kh * kw * ci)) @ flat_w
    return out


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError(f"out_grad.shape = {out_grad.shape}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    # (N, H', W', C_out) -> (H', W', N, C_out)
    g = out_grad.permute((1, 2, 0, 3))
    if sh > 1:
        g = dilate(g, 1, sh - 1)  # wrong: after the permute the rows are axis 0
    if sw > 1:
        g = dilate(g, 2, sw - 1)  # wrong: after the permute the columns are axis 1
    g = g[: xp.shape[1] - w_shape[0] + 1, : xp.shape[2] - w_shape[1] + 1]
    # (N, H, W, C_in) -> (C_in, H, W, N)
    x_t = xp.permute((3, 1, 2, 0))
    grad = conv(x_t, g, stride=1)
    return grad.permute((1, 2, 0, 3))
