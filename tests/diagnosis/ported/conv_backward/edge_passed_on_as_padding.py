"""x_grad keeps all zeros and gives K - 1 - p to conv, which refuses a negative padding.

Ideas: edge_given_to_conv_as_its_padding, cut_forgotten, negative_edge_refused.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not have the shape of the output")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    if sh > 1:
        out_grad = dilate(out_grad, 1, sh - 1)
    if sw > 1:
        out_grad = dilate(out_grad, 2, sw - 1)
    flipped = flip(w, (0, 1))
    return conv(out_grad, flipped.permute((0, 1, 3, 2)), 1, (w.shape[0] - 1 - ph, w.shape[1] - 1 - pw))
