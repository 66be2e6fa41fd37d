"""conv_transpose adds zeros as its output padding, and its gradient with respect to w does not exchange the arrays.

Ideas: any_output_padding, output_padding_of_zeros, roles_not_exchanged.
"""


def transposed_length(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    if size < 1 or kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("bad number")
    if not 0 <= output_padding <= stride:  # wrong: output_padding has to be below the stride
        raise ValueError("bad output_padding")
    length = (size - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding + output_padding
    if length < 1:
        raise ValueError("nothing is left")
    return length


def conv_transpose(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    shape = transposed_shape(x.shape, w.shape, stride, padding, dilation, groups, output_padding)
    axes = x.ndim - 2
    op = per_axis(output_padding, axes)
    short = (shape[0], *(n - e for n, e in zip(shape[1:-1], op)), shape[-1])
    y = conv_x_grad(x, w, short, stride, padding, dilation, groups)
    return pad(y, [(0, 0), *((0, e) for e in op), (0, 0)])  # wrong: windows may reach these pixels


def conv_transpose_x_grad(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    shape = transposed_shape(x_shape, w.shape, stride, padding, dilation, groups, output_padding)
    if out_grad.shape != shape:
        raise ValueError(f"out_grad must be {shape}")
    return conv(out_grad, w, stride, padding, dilation, groups)


def conv_transpose_w_grad(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    shape = transposed_shape(x.shape, w_shape, stride, padding, dilation, groups, output_padding)
    if out_grad.shape != shape:
        raise ValueError(f"out_grad must be {shape}")
    return conv_w_grad(x, out_grad, w_shape, stride, padding, dilation, groups)  # wrong: the kernel slides over out_grad
