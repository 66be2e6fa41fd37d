"""Takes (H + 2p - K + 1) // s for the size, and one number for the padding.

Ideas: windows_counted_without_the_first, padding_of_conv_taken_for_one_number.
"""


def conv(x, w, stride=1, padding=0):
    output_shape(x.shape, w.shape, stride, padding)
    if not isinstance(stride, tuple):
        stride = (stride, stride)
    X = pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C_in = X.shape
    K1, K2, _, C_out = w.shape
    Ns, Hs, Ws, Cs = X.strides
    new_H = (H - K1 + 1) // stride[0]
    new_W = (W - K2 + 1) // stride[1]
    A = X.as_strided(
        (N, new_H, new_W, K1, K2, C_in), (Ns, Hs * stride[0], Ws * stride[1], Hs, Ws, Cs)
    ).compact()
    A = A.reshape((N * new_H * new_W, K1 * K2 * C_in))
    Z = A @ w.compact().reshape((K1 * K2 * C_in, C_out))
    return Z.reshape((N, new_H, new_W, C_out))
