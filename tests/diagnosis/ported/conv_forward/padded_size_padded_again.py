"""conv pads x and then adds 2p to the lengths of the padded picture once more.

Ideas: padding_added_to_the_padded_lengths.
"""


def conv(x, w, stride=1, padding=0):
    output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, H, W, C_in = x.shape
    KH, KW, _, C_out = w.shape
    oh = (H + 2 * ph - KH) // sh + 1
    ow = (W + 2 * pw - KW) // sw + 1
    Ns, Hs, Ws, Cs = x.strides
    cols = x.as_strided((N, oh, ow, KH, KW, C_in), (Ns, Hs * sh, Ws * sw, Hs, Ws, Cs))
    out = cols.compact().reshape((N * oh * ow, KH * KW * C_in)) @ w.compact().reshape((KH * KW * C_in, C_out))
    return out.reshape((N, oh, ow, C_out))
