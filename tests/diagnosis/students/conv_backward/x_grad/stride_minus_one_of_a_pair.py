"""`stride - 1` for a stride that may be a pair.

Ideas: stride_taken_for_one_number, padding_taken_for_one_number.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, H, W, C = x_shape
    KH, KW, _, _ = w.shape
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape of out_grad")
    g = dilate(out_grad, (1, 2), stride - 1)
    g = g[:, : H + 2 * padding - KH + 1, : W + 2 * padding - KW + 1, :]
    top = KH - 1 - padding
    left = KW - 1 - padding
    g = pad(g, ((0, 0), (top, top), (left, left), (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
