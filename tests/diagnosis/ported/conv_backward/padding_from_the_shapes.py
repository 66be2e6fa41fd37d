"""The padding of the way back is H - H' + p, from the dilated gradient with all its zeros.

Ideas: edge_computed_from_the_lengths, cut_forgotten.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape of out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    out_grad = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    # K - 1 is not always X.shape[1] - out_grad.shape[1]
    pad_h = x_shape[1] - out_grad.shape[1] + ph
    pad_w = x_shape[2] - out_grad.shape[2] + pw
    out_grad = pad(out_grad, ((0, 0), (pad_h, pad_h), (pad_w, pad_w), (0, 0)))
    return conv(out_grad, flip(w, axes=(0, 1)).permute((0, 1, 3, 2)))
