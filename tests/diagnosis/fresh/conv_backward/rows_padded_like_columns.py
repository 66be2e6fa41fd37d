"""conv pads both axes by the padding of the height. The gradients are right.

Ideas: padding_of_the_height_for_both_in_conv.
"""


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    s, p = pair(stride), pair(padding)
    kh, kw, ci, _ = w.shape
    xp = pad(x, ((0, 0), (p[0], p[0]), (p[0], p[0]), (0, 0)))  # wrong: the width has a padding of its own
    out = zeros((n, oh, ow, co), x.device, x.dtype)
    for i in range(oh):
        for j in range(ow):
            win = xp[:, i * s[0] : i * s[0] + kh, j * s[1] : j * s[1] + kw, :].compact()
            out[:, i, j, :] = win.reshape((n, kh * kw * ci)) @ w.compact().reshape((kh * kw * ci, co))
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, oh, ow, co = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (n, oh, ow, co):
        raise ValueError("shape")
    s, p = pair(stride), pair(padding)
    kh, kw, ci, _ = w.shape
    dx = zeros((n, x_shape[1] + 2 * p[0], x_shape[2] + 2 * p[1], ci), w.device, w.dtype)
    wt = w.compact().reshape((kh * kw * ci, co)).permute((1, 0))
    for i in range(oh):
        for j in range(ow):
            at = (slice(None), slice(i * s[0], i * s[0] + kh), slice(j * s[1], j * s[1] + kw))
            dx[at] = dx[at] + (out_grad[:, i, j, :] @ wt).reshape((n, kh, kw, ci))
    return dx[:, p[0] : p[0] + x_shape[1], p[1] : p[1] + x_shape[2]].compact()
