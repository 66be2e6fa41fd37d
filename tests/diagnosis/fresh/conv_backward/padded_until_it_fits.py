"""Pads the gradient on both sides until the shapes fit, half of it on either side.

Ideas: edge_centered_around_all_zeros.
"""


def _same(needed):
    first = needed // 2  # wrong: the zeros before the gradient are K - 1 - p, not half of all
    return first, needed - first


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    s_h, s_w = pair(stride)
    K_h, K_w = w.shape[:2]
    g = dilate(dilate(out_grad, (1,), s_h - 1), (2,), s_w - 1)
    rows = x_shape[1] + K_h - 1 - g.shape[1]
    cols = x_shape[2] + K_w - 1 - g.shape[2]
    g = pad(g, ((0, 0), _same(rows), _same(cols), (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
