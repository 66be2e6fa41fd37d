"""as_strided over the padded picture, with the strides of the picture before it was padded.

Ideas: strides_before_padding, strides_before_padding_of_a_compact_picture.
"""

from ndarray import NDArray


def conv(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    KH, KW, CI, _ = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = x.compact()
    s0, s1, s2, s3 = x.strides
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    win = xp.as_strided((N, OH, OW, KH, KW, CI), (s0, s1 * sh, s2 * sw, s1, s2, s3))
    cols = win.compact().reshape((N * OH * OW, KH * KW * CI))
    out = cols @ w.compact().reshape((KH * KW * CI, CO))
    return out.reshape((N, OH, OW, CO))
