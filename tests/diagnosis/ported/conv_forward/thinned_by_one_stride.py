"""conv computes every window and keeps each s-th of them, with the height's stride on both axes.

Ideas: stride_of_the_height_for_both.
"""


def conv(x, w, stride=1, padding=0):
    output_shape(x.shape, w.shape, stride, padding)
    s = pair(stride)[0]
    ph, pw = pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, H, W, C_in = x.shape
    KH, KW, _, C_out = w.shape
    Ns, Hs, Ws, Cs = x.strides
    oh, ow = H - KH + 1, W - KW + 1
    cols = x.as_strided((N, oh, ow, KH, KW, C_in), (Ns, Hs, Ws, Hs, Ws, Cs)).compact()
    out = cols.reshape((N * oh * ow, KH * KW * C_in)) @ w.compact().reshape((KH * KW * C_in, C_out))
    out = out.reshape((N, oh, ow, C_out))
    if s > 1:
        out = out[:, ::s, ::s, :]
    return out.compact()
