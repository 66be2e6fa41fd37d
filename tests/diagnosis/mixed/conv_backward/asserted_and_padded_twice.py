"""Asserts the shape of out_grad, and pads x once by hand and once more in conv.

Ideas: shape_of_out_grad_asserted_in_w_grad, picture_padded_twice.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    assert tuple(out_grad.shape) == output_shape(x.shape, w_shape, stride, padding), "bad shape"
    (s0, s1), (p0, p1) = pair(stride), pair(padding)
    k0, k1 = w_shape[0], w_shape[1]
    x = pad(x, ((0, 0), (p0, p0), (p1, p1), (0, 0)))
    g = out_grad
    for axis, step in ((1, s0), (2, s1)):
        if step > 1:
            g = dilate(g, axis, step - 1)
    g = g[:, : x.shape[1] - k0 + 1, : x.shape[2] - k1 + 1]
    r = conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), padding=(p0, p1))
    return r.permute((1, 2, 0, 3))
