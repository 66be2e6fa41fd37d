"""conv takes stride and padding for numbers, the kernel for a square, and the width for the height.

Ideas: windows_counted_without_the_first, stride_of_conv_taken_for_one_number,
padding_of_conv_taken_for_one_number, kernel_taken_as_square.
"""


def conv(x, w, stride=1, padding=0):
    N, H, W, C_in = x.shape
    K, _, _, C_out = w.shape
    c = pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    Ns, Hs, Ws, Cs = c.strides
    inner_dim = K * K * C_in
    height = H + (2 * padding) - K + 1
    width = H + (2 * padding) - K + 1
    if stride > 1:
        height = height // stride
        width = width // stride
    c = c.as_strided((N, height, width, K, K, C_in), (Ns, Hs * stride, Ws * stride, Hs, Ws, Cs)).compact()
    out = c.reshape((N * height * width, inner_dim)) @ w.reshape((inner_dim, C_out))
    return out.reshape((N, height, width, C_out))
