"""im2col whose rows list channel, row, column, against a kernel that lists row, column, channel.

Ideas: channels_first_in_the_window.
"""


def conv(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    KH, KW, CI, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    a, b, c, d = xp.strides
    win = xp.as_strided((N, OH, OW, CI, KH, KW), (a, b * sh, c * sw, d, b, c))
    cols = win.compact().reshape((N * OH * OW, CI * KH * KW))
    kernel = w.reshape((KH * KW * CI, CO))
    return (cols @ kernel).reshape((N, OH, OW, CO))
