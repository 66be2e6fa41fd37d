"""A window covers d * K pixels; output_padding is not checked; the transposed w_grad keeps the order of arguments.

Ideas: any_negative_output_padding, any_output_padding, window_as_long_as_all_steps.
"""


def conv_length(size, kernel, stride=1, padding=0, dilation=1):
    if stride < 1 or kernel < 1 or dilation < 1 or padding < 0:
        raise ValueError("bad numbers")
    covered = dilation * kernel  # wrong: between K places there are K - 1 steps
    if covered > size + 2 * padding:
        raise ValueError("window too large")
    return (size + 2 * padding - covered) // stride + 1


def transposed_length(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    if min(size, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("bad numbers")
    n = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
    if n < 1:  # wrong: output_padding is not checked
        raise ValueError("nothing left")
    return n


def conv_transpose_w_grad(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    want = transposed_shape(x.shape, w_shape, stride, padding, dilation, groups, output_padding)
    if out_grad.shape != want:
        raise ValueError("out_grad")
    return conv_w_grad(x, out_grad, w_shape, stride, padding, dilation, groups)  # wrong: x and out_grad exchange places
