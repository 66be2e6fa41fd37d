"""conv_w_grad returns what conv gives, with the channels in front.

Ideas: not_permuted_back.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("out_grad does not fit")
    (s1, s2), (p1, p2) = pair(stride), pair(padding)
    rows, columns = x.shape[1] + 2 * p1 - w_shape[0] + 1, x.shape[2] + 2 * p2 - w_shape[1] + 1
    g = dilate(out_grad, (1,), s1 - 1)
    g = dilate(g, (2,), s2 - 1)[:, :rows, :columns]
    picture = pad(x, ((0, 0), (p1, p1), (p2, p2), (0, 0)))
    return conv(picture.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
