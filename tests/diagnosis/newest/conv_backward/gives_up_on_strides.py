"""conv_w_grad is unfinished for strides, and conv_x_grad never takes anything off an edge.

With more padding than K - 1 it would have to.

Ideas: negative_edge_taken_for_none.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad.shape")
    (s0, s1), (p0, p1) = pair(stride), pair(padding)
    k0, k1 = w.shape[:2]
    w_t = flip(w, (0, 1)).permute((0, 1, 3, 2))
    g = dilate(dilate(out_grad, 1, s0 - 1), 2, s1 - 1)
    r0 = (x_shape[1] + 2 * p0 - k0) % s0
    r1 = (x_shape[2] + 2 * p1 - k1) % s1
    lo0, lo1 = max(k0 - 1 - p0, 0), max(k1 - 1 - p1, 0)  # wrong: a negative number has to take elements off
    g = pad(g, [(0, 0), (lo0, lo0 + r0 - s0 + 1), (lo1, lo1 + r1 - s1 + 1), (0, 0)])
    return conv(g, w_t)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad.shape")
    if pair(stride) == (1, 1):
        xt = x.permute((3, 1, 2, 0))
        gt = out_grad.permute((1, 2, 0, 3))
        return conv(xt, gt, 1, padding).permute((1, 2, 0, 3))
    # TODO: dilate out_grad here?
    pass  # wrong: other strides give None
