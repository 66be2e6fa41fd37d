"""im2col lays the channels before the places, and conv gives its matrix rows and columns the wrong way round.

Ideas: channels_first_in_a_row, output_reshaped.
"""


def im2col(x, kernel, stride=1, padding=0):
    kh, kw = kernel
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    n, h, w, c = x.shape
    oh = output_size(h, kh, sh, ph)
    ow = output_size(w, kw, sw, pw)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    st = xp.strides
    win = xp.as_strided((n, oh, ow, c, kh, kw), (st[0], st[1] * sh, st[2] * sw, st[3], st[1], st[2]))  # wrong: the kernel has its channels last
    return win.reshape((n * oh * ow, kh * kw * c))


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    cols = im2col(x, (kh, kw), stride, padding)
    weights = w.permute((3, 2, 0, 1)).reshape((co, ci * kh * kw))
    out = weights @ cols.permute((1, 0))
    return out.reshape((n, oh, ow, co))  # wrong: out is (co, n * oh * ow) and has to be transposed first
