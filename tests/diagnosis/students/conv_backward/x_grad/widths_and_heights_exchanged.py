"""Unpacks the pair of strides as (width, height).

Ideas: strides_exchanged.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    sw, sh = pair(stride)
    ph, pw = pair(padding)
    _, height, width, _ = x_shape
    kh, kw, _, _ = w.shape
    up = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    up = up[:, : height + 2 * ph - kh + 1, : width + 2 * pw - kw + 1]
    up = pad(up, ((0, 0), (kh - 1 - ph, kh - 1 - ph), (kw - 1 - pw, kw - 1 - pw), (0, 0)))
    return conv(up, flip(w, (0, 1)).permute((0, 1, 3, 2)))
