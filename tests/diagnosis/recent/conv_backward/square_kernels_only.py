"""conv_x_grad takes the height of the kernel for its width too; conv looks at windows by strides.

Ideas: kernel_taken_as_square.
"""


def conv(x, w, stride=1, padding=0):
    n, h_out, w_out, c_out = output_shape(x.shape, w.shape, stride, padding)
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    xp = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    kh, kw, c_in, _ = w.shape
    ns, hs, ws, cs = xp.strides
    view = xp.as_strided((n, h_out, w_out, kh, kw, c_in), (ns, hs * s_h, ws * s_w, hs, ws, cs))
    cols = view.reshape((n * h_out * w_out, kh * kw * c_in))
    return (cols @ w.reshape((kh * kw * c_in, c_out))).reshape((n, h_out, w_out, c_out))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not match conv's output")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    K = w.shape[0]  # wrong: the kernel may be wider than it is high
    _, H, W, _ = x_shape
    g = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    g = g[:, : H + 2 * p_h - K + 1, : W + 2 * p_w - K + 1, :]  # wrong: the width needs the kernel's width
    top, left = K - 1 - p_h, K - 1 - p_w  # wrong: the same
    g = pad(g, ((0, 0), (top, top), (left, left), (0, 0)))
    w_t = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(g, w_t)
