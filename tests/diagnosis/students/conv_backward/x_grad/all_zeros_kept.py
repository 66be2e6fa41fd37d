"""Dilates, pads and convolves without asking for the length that x_shape needs.

Ideas: cut_forgotten.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shapes")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    kernel = flip(w, (0, 1)).permute((0, 1, 3, 2))
    qh = w.shape[0] - 1 - ph
    qw = w.shape[1] - 1 - pw
    g = pad(g, ((0, 0), (qh, qh), (qw, qw), (0, 0)))
    return conv(g, kernel, 1, 0)
