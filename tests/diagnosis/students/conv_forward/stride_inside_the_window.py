"""The stride of the convolution also spreads the pixels inside each window.

Ideas: stride_between_and_inside.
"""


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    padded = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    sn, sy, sx, sc = padded.strides
    sy, sx = sy * sh, sx * sw
    windows = padded.as_strided((n, oh, ow, kh, kw, ci), (sn, sy, sx, sy, sx, sc))
    matrix = windows.compact().reshape((n * oh * ow, kh * kw * ci))
    return (matrix @ w.reshape((kh * kw * ci, co))).reshape((n, oh, ow, co))
