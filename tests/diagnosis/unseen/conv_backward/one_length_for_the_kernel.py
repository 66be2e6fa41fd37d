"""conv_x_grad takes the same number of rows for the kernel's height and its width.

Ideas: kernel_taken_as_square.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    (s1, s2), (p1, p2) = pair(stride), pair(padding)
    k = w.shape[0]
    g = dilate(dilate(out_grad, 1, s1 - 1), 2, s2 - 1)
    g = g[:, : x_shape[1] + 2 * p1 - w.shape[0] + 1, : x_shape[2] + 2 * p2 - w.shape[1] + 1]
    around = ((0, 0), (k - 1 - p1, k - 1 - p1), (k - 1 - p2, k - 1 - p2), (0, 0))
    return conv(pad(g, around), flip(w, (0, 1)).permute((0, 1, 3, 2)))
