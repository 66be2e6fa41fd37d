"""Pairs are unpacked with the width first: the stride in conv_w_grad, the padding in conv_x_grad.

Ideas: paddings_exchanged, strides_exchanged_in_w_grad.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, OH, OW, _ = shape = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError(f"out_grad: {out_grad.shape}, conv: {shape}")
    _, H, W, _ = x_shape
    KH, KW, CI, CO = w.shape
    sh, sw = pair(stride)
    pw, ph = pair(padding)  # wrong: the height comes first
    buf = zeros((N, H + 2 * ph, W + 2 * pw, CI), out_grad.device, out_grad.dtype)
    for r in range(KH):
        for c in range(KW):
            spot = (slice(None), slice(r, r + sh * (OH - 1) + 1, sh), slice(c, c + sw * (OW - 1) + 1, sw))
            val = out_grad.reshape((N * OH * OW, CO)) @ w[r, c].permute((1, 0))
            buf[spot] = buf[spot] + val.reshape((N, OH, OW, CI))
    return buf[:, ph : ph + H, pw : pw + W]


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, OH, OW, CO = shape = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError(f"out_grad: {out_grad.shape}, conv: {shape}")
    KH, KW, CI, _ = w_shape
    sw, sh = pair(stride)  # wrong: the height comes first
    ph, pw = pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    gw = zeros(w_shape, x.device, x.dtype)
    for n in range(N):
        for r in range(KH):
            for c in range(KW):
                sub = xp[n, r : r + sh * (OH - 1) + 1 : sh, c : c + sw * (OW - 1) + 1 : sw, :]
                gw[r, c] += sub.reshape((OH * OW, CI)).permute((1, 0)) @ out_grad[n].reshape((OH * OW, CO))
    return gw
