"""im2col computes the strides from the shape, so that a view that needs no padding is read wrongly.

Ideas: windows_in_memory_order.
"""


def im2col(x, kernel, stride=1, padding=0):
    kh, kw = kernel
    n, oh, ow, _ = output_shape(x.shape, (kh, kw, x.shape[3], 1), stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    if ph or pw:
        x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    _, H, W, C = x.shape
    strides = (H * W * C, W * C * sh, C * sw, W * C, C, 1)
    windows = x.as_strided((n, oh, ow, kh, kw, C), strides)
    return windows.copy().reshape((n * oh * ow, kh * kw * C))
