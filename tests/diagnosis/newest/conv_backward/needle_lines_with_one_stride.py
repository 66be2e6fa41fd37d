"""Both gradients keep all zeros behind the last gradient, and conv_x_grad calculates with a stride that may be a pair.

Ideas: cut_forgotten, edge_given_to_conv_as_its_padding, kernel_taken_as_square, last_zeros_kept,
padding_taken_for_one_number, stride_taken_for_one_number.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = normalize_axes(axes, a.ndim)
    new_shape = list(a.shape)
    slices = [slice(0, n) for n in a.shape]
    for ax in axes:
        new_shape[ax] = a.shape[ax] * (dilation + 1)
        slices[ax] = slice(0, new_shape[ax], dilation + 1)
    out = zeros(tuple(new_shape), a.device, a.dtype)
    out[tuple(slices)] = a
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("out_grad has the wrong shape")
    K = w.shape[0]
    W_flip = flip(w, (0, 1)).permute((0, 1, 3, 2))
    if stride > 1:  # wrong: a pair cannot be compared with 1
        out_grad = dilate(out_grad, (1, 2), stride - 1)  # wrong: all zeros stay behind the last element
    return conv(out_grad, W_flip, 1, K - 1 - padding)  # wrong: K is the height for both axes, padding may be a pair


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x.shape, w_shape, stride, padding)):
        raise ValueError("out_grad has the wrong shape")
    sh, sw = pair(stride)
    out_grad = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)  # wrong: all zeros stay behind the last element
    out_grad = out_grad.permute((1, 2, 0, 3))
    res = conv(x.permute((3, 1, 2, 0)), out_grad, 1, padding)
    return res.permute((1, 2, 0, 3))
