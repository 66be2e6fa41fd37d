"""One product for each place of the kernel, whose left side is reshaped where it should be transposed.

Ideas: pixels_reshaped_for_transposed.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    expected = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"expected out_grad of shape {expected}, got {out_grad.shape}")
    batch, ho, wo, c_out = expected
    kh, kw, c_in, _ = w_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    dw = zeros(w_shape, x.device, x.dtype)
    g2d = out_grad.reshape((-1, c_out))
    for u in range(kh):
        for v in range(kw):
            pix = xp[:, u : u + sh * (ho - 1) + 1 : sh, v : v + sw * (wo - 1) + 1 : sw, :]
            dw[u, v] = pix.reshape((c_in, -1)) @ g2d  # wrong: reshape((-1, c_in)), then permute
    return dw
