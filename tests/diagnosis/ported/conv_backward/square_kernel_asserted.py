"""conv asserts a square kernel and conv_x_grad too; both gradients keep all zeros.

Ideas: kernel_of_conv_taken_as_square, kernel_taken_as_square, cut_forgotten, last_zeros_kept,
out_grad_of_any_shape, out_grad_of_any_shape_in_w_grad.
"""


def conv(x, w, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    A = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, H, W, C_in = A.shape
    K, K_, C_in_, C_out = w.shape
    Ns, Hs, Ws, Cs = A.strides
    assert K == K_, "Conv kernel should be a square tensor"
    assert C_in == C_in_, "Conv kernel and input are not compatible"
    inner_dim = K * K * C_in
    out_H, out_W = (H - K) // sh + 1, (W - K) // sw + 1
    cols = A.as_strided((N, out_H, out_W, K, K, C_in), (Ns, Hs * sh, Ws * sw, Hs, Ws, Cs)).compact()
    out = cols.reshape((N * out_H * out_W, inner_dim)) @ w.compact().reshape((inner_dim, C_out))
    return out.compact().reshape((N, out_H, out_W, C_out))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    assert w.shape[0] == w.shape[1]
    k = w.shape[0]
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)), 1, (k - 1 - ph, k - 1 - pw))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1).permute((1, 2, 0, 3))
    return conv(x.permute((3, 1, 2, 0)), g, 1, (ph, pw)).permute((1, 2, 0, 3))
