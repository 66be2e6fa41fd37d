"""conv and both gradients take stride and padding for numbers and the kernel for a square; no zero is cut off.

Ideas: kernel_of_conv_taken_as_square, stride_of_conv_taken_for_one_number,
padding_of_conv_taken_for_one_number, kernel_taken_as_square, stride_taken_for_one_number,
padding_taken_for_one_number, stride_taken_for_one_number_in_w_grad, padding_taken_for_one_number_in_w_grad,
cut_forgotten, last_zeros_kept, out_grad_of_any_shape, out_grad_of_any_shape_in_w_grad,
negative_edge_taken_for_none.
"""


def conv(x, w, stride=1, padding=0):
    if padding > 0:
        x = x.pad(((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C_in = x.shape
    K, _, _, C_out = w.shape
    Ns, Hs, Ws, Cs = x.strides
    out_h = (H - K) // stride + 1
    out_w = (W - K) // stride + 1
    inner_dim = K * K * C_in
    im2col = x.as_strided((N, out_h, out_w, K, K, C_in), (Ns, Hs * stride, Ws * stride, Hs, Ws, Cs))
    im2col = im2col.compact().reshape((N * out_h * out_w, inner_dim))
    out = im2col @ w.compact().reshape((inner_dim, C_out))
    return out.reshape((N, out_h, out_w, C_out))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    K = w.shape[0]
    if stride > 1:
        out_grad = dilate(out_grad, (1, 2), stride - 1)
    w_t = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(out_grad, w_t, padding=K - 1 - padding)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if stride > 1:
        out_grad = dilate(out_grad, (1, 2), stride - 1)
    x_t = x.permute((3, 1, 2, 0))
    g_t = out_grad.permute((1, 2, 0, 3))
    return conv(x_t, g_t, padding=padding).permute((1, 2, 0, 3))
