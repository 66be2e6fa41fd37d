"""Exchanges the channels with reshape, and keeps the zeros behind the last window.

Ideas: channels_reshaped, cut_forgotten.
"""


def transpose_kernel(w):
    kh, kw, c_in, c_out = w.shape
    return flip(w, (0, 1)).compact().reshape((kh, kw, c_out, c_in))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    assert len(out_grad.shape) == 4 and len(w.shape) == 4
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw = w.shape[0], w.shape[1]
    g = out_grad
    if sh > 1:
        g = dilate(g, 1, sh - 1)
    if sw > 1:
        g = dilate(g, 2, sw - 1)
    g = pad(g, ((0, 0), (kh - 1 - ph,) * 2, (kw - 1 - pw,) * 2, (0, 0)))
    return conv(g, transpose_kernel(w))
