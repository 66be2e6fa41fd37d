"""conv_x_grad turns the kernel around in its own memory, so the caller's w is changed.

Ideas: kernel_turned_in_place.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    idx = tuple(slice(None, None, -1) if d in axes else slice(None) for d in range(a.ndim))
    return a[idx]


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    KH, KW, C_in, C_out = w.shape
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    w_back = w.permute((0, 1, 3, 2))  # wrong: a view, so the next line writes to w
    w_back[...] = flip(w_back, (0, 1)).copy()  # wrong: this changes the caller's kernel
    g = dilate(out_grad, (1,), s_h - 1)
    g = dilate(g, (2,), s_w - 1)
    g = g[:, 0 : x_shape[1] + 2 * p_h - KH + 1, 0 : x_shape[2] + 2 * p_w - KW + 1]
    g = pad(g, [(0, 0), (KH - 1 - p_h,) * 2, (KW - 1 - p_w,) * 2, (0, 0)])
    return conv(g, w_back)
