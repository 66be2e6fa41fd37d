"""An early attempt: x_grad convolves the dilated gradient with the stride and padding of the forward pass.

Ideas: kernel_not_flipped, stride_on_the_way_back, padding_of_the_forward_pass, cut_forgotten.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    s, p = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, s[0] - 1), 2, s[1] - 1)
    w_t = w.permute((0, 1, 3, 2))
    return conv(g, w_t, stride, padding)
