"""conv_x_grad adds to all windows at once, through a view in which windows share pixels, so shares are lost.

Ideas: last_window_wins.
"""


def _windows(a, shape6, s_h, s_w):
    n, h, w_, c = a.strides
    return a.as_strided(shape6, (n, h * s_h, w_ * s_w, h, w_, c), a.offset)


def conv(x, w, stride=1, padding=0):
    N, A, B, O = output_shape(x.shape, w.shape, stride, padding)
    K, L, C, _ = w.shape
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    cols = _windows(xp, (N, A, B, K, L, C), s_h, s_w).reshape((N * A * B, K * L * C))
    return (cols @ w.reshape((K * L * C, O))).reshape((N, A, B, O))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, A, B, O = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (N, A, B, O):
        raise ValueError("expected " + str((N, A, B, O)))
    K, L, C, _ = w.shape
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    dcols = out_grad.reshape((N * A * B, O)) @ w.reshape((K * L * C, O)).permute((1, 0))
    dx = zeros((N, x_shape[1] + 2 * p_h, x_shape[2] + 2 * p_w, C), out_grad.device, out_grad.dtype)
    view = _windows(dx, (N, A, B, K, L, C), s_h, s_w)
    view[...] = view + dcols.reshape((N, A, B, K, L, C))  # wrong: a pixel of two windows keeps only one share
    return pad(dx, [(0, 0), (-p_h, -p_h), (-p_w, -p_w), (0, 0)])


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, A, B, O = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, A, B, O):
        raise ValueError("expected " + str((N, A, B, O)))
    K, L, C, _ = w_shape
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    cols = _windows(xp, (N, A, B, K, L, C), s_h, s_w).reshape((N * A * B, K * L * C))
    return (cols.permute((1, 0)) @ out_grad.reshape((N * A * B, O))).reshape((K, L, C, O))
