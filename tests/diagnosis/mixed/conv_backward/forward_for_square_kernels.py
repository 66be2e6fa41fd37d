"""The forward pass takes the kernel for square, so w_grad gets another length from a wide out_grad.

Ideas: kernel_of_conv_taken_as_square.
"""


def conv(x, w, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    N, H, W, C_in = x.shape
    K = w.shape[0]
    Ns, Hs, Ws, Cs = x.strides
    H_out = (H - K) // sh + 1
    W_out = (W - K) // sw + 1
    inner_dim = K * K * C_in
    A = x.as_strided((N, H_out, W_out, K, K, C_in), (Ns, Hs * sh, Ws * sw, Hs, Ws, Cs))
    A = A.compact().reshape((N * H_out * W_out, inner_dim))
    out = A @ w.compact().reshape((inner_dim, C_out))
    return out.reshape((N, H_out, W_out, C_out))
