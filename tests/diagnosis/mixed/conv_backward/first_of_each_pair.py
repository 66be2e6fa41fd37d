"""Takes the first number of stride and padding for both axes, a square kernel, and keeps all zeros.

Ideas: stride_of_the_height_for_both, padding_of_the_height_for_both, kernel_taken_as_square, cut_forgotten,
negative_edge_refused, edge_given_to_conv_as_its_padding, out_grad_of_any_shape.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if isinstance(stride, tuple):
        stride = stride[0]
    if isinstance(padding, tuple):
        padding = padding[0]
    K, _, _, _ = w.shape
    if stride > 1:
        out_grad = dilate(out_grad, (1, 2), stride - 1)
    w_flipped = flip(w, (0, 1))
    w_transposed = w_flipped.permute((0, 1, 3, 2))
    return conv(out_grad, w_transposed, stride=1, padding=K - 1 - padding)
