"""No errors from output_size; conv takes the strides before it pads; conv_shifted exchanges a and b.

Ideas: longer_kernel_not_refused, settings_not_refused, shifted_row_and_column_exchanged,
strides_before_padding.
"""


def output_size(size, kernel, stride, padding):
    return int((size + 2 * padding - kernel) / stride) + 1  # wrong: raises no ValueError


def conv(x, w, stride=1, padding=0):
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    k_h, k_w, c_in, _ = w.shape
    Ns, Hs, Ws, Cs = x.strides  # wrong: the padded picture has other strides
    x_pad = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    A = x_pad.as_strided((n, out_h, out_w, k_h, k_w, c_in), (Ns, Hs * s_h, Ws * s_w, Hs, Ws, Cs)).compact()
    A = A.reshape((n * out_h * out_w, k_h * k_w * c_in))
    B = w.compact().reshape((k_h * k_w * c_in, c_out))
    return (A @ B).reshape((n, out_h, out_w, c_out))


def conv_shifted(x, w, stride=1, padding=0):
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    x_pad = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    out = zeros((n, out_h, out_w, c_out), x.device, x.dtype)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            px = x_pad[:, j : j + s_h * (out_h - 1) + 1 : s_h, i : i + s_w * (out_w - 1) + 1 : s_w]  # wrong: i belongs to the rows
            px = px.compact().reshape((n * out_h * out_w, x.shape[3]))
            out = out + (px @ w[i, j]).reshape((n, out_h, out_w, c_out))
    return out
