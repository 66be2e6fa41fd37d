"""w_grad multiplies the windows' matrix by out_grad, but takes the windows one pixel apart.

Ideas: gaps_left_out, gaps_left_out_and_cut.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    expected = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"out_grad should have shape {expected}")
    ph, pw = pair(padding)
    KH, KW, C_in, C_out = w_shape
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, oh, ow, _ = out_grad.shape
    Ns, Hs, Ws, Cs = xp.strides
    cols = xp.as_strided((N, oh, ow, KH, KW, C_in), (Ns, Hs, Ws, Hs, Ws, Cs)).compact()
    cols = cols.reshape((N * oh * ow, KH * KW * C_in))
    grad = cols.permute((1, 0)) @ out_grad.compact().reshape((N * oh * ow, C_out))
    return grad.reshape((KH, KW, C_in, C_out))
