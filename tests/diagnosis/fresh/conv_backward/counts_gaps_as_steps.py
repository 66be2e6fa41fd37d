"""dilate takes the stride as the number of zeros, and undilate goes in steps of the dilation.

Ideas: every_dilation_th_kept, dilated_by_the_stride.
"""


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    idx = []
    for i in range(a.ndim):
        if i in axes and dilation > 0:
            idx.append(slice(0, a.shape[i], dilation))  # wrong: the step is dilation + 1
        else:
            idx.append(slice(0, a.shape[i]))
    return a[tuple(idx)]


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    kh, kw = w.shape[0], w.shape[1]
    g = out_grad
    if s_h > 1:
        g = dilate(g, 1, s_h)  # wrong: s - 1 zeros go into each gap
    if s_w > 1:
        g = dilate(g, 2, s_w)  # wrong: the same
    g = g[:, : x_shape[1] + 2 * p_h - kh + 1, : x_shape[2] + 2 * p_w - kw + 1, :]
    top, left = kh - 1 - p_h, kw - 1 - p_w
    g = pad(g, ((0, 0), (top, top), (left, left), (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
