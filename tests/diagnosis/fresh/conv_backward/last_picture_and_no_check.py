"""w_grad goes from picture to picture and keeps the last one's gradient; nobody checks the shape of out_grad.

Ideas: out_grad_of_any_shape, last_picture_only.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)  # wrong: the shape of out_grad is not checked
    k_h, k_w, c_in, c_out = w.shape
    g = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    g = g[:, : x_shape[1] + 2 * p_h - k_h + 1, : x_shape[2] + 2 * p_w - k_w + 1]
    e_h, e_w = k_h - 1 - p_h, k_w - 1 - p_w
    g = pad(g, [(0, 0), (e_h, e_h), (e_w, e_w), (0, 0)])
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)  # wrong: the shape of out_grad is not checked
    k_h, k_w, c_in, c_out = w_shape
    xp = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    N, oh, ow, _ = out_grad.shape
    _, r, c, ch = xp.strides
    for n in range(N):
        image = xp[n]
        cols = image.as_strided((oh, ow, k_h, k_w, c_in), (s_h * r, s_w * c, r, c, ch))
        cols = cols.compact().reshape((oh * ow, k_h * k_w * c_in))
        gw = cols.permute((1, 0)) @ out_grad[n].compact().reshape((oh * ow, c_out))  # wrong: not summed over the pictures
    return gw.reshape((k_h, k_w, c_in, c_out))
