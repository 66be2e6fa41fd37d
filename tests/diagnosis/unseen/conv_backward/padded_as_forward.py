"""Pads the dilated gradient by p, as the forward pass padded x.

Ideas: padding_of_the_forward_pass.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x_shape[1] + 2 * ph - w.shape[0] + 1, : x_shape[2] + 2 * pw - w.shape[1] + 1]
    k = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(g, k, 1, (ph, pw))
