"""w_grad takes a window for every place of the dilated out_grad, which has all its zeros, and runs off the picture.

Ideas: window_for_every_zero, last_zeros_kept, out_grad_of_any_shape_in_w_grad.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    K1, K2, C_in, C_out = w_shape
    A = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    if sh > 1 or sw > 1:
        out_grad = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    N, H_out, W_out, _ = out_grad.shape
    Ns, Hs, Ws, Cs = A.strides
    im2col = A.as_strided(shape=(N, H_out, W_out, K1, K2, C_in), strides=(Ns, Hs, Ws, Hs, Ws, Cs))
    im2col = im2col.compact().reshape((N * H_out * W_out, K1 * K2 * C_in))
    grad = im2col.permute((1, 0)) @ out_grad.compact().reshape((N * H_out * W_out, C_out))
    return grad.reshape((K1, K2, C_in, C_out))
