"""The gradient of the kernel as a mean over the batch, with the rows' padding for the columns too.

Ideas: padding_of_the_height_for_both_in_w_grad, mean_over_pictures,
columns_padded_by_the_height_in_w_grad.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, H_out, W_out, C_out):
        raise ValueError("shape")
    s_h, s_w = pair(stride)
    p = padding if isinstance(padding, int) else padding[0]  # wrong: the second padding may differ
    x_pad = pad(x, [(0, 0), (p, p), (p, p), (0, 0)])
    K_h, K_w, C_in, _ = w_shape
    grad = zeros(w_shape, x.device, x.dtype)
    g = out_grad.reshape((N * H_out * W_out, C_out))
    for a in range(K_h):
        for b in range(K_w):
            px = x_pad[:, a : a + s_h * H_out : s_h, b : b + s_w * W_out : s_w, :]
            px = px.reshape((N * H_out * W_out, C_in))
            grad[a, b] = px.permute((1, 0)) @ g / N  # wrong: a sum over the batch, not a mean
    return grad
