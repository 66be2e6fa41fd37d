"""pixel_slices forgets the dilation, conv_x_grad reshapes the weights, and conv_w_grad cuts the kernel along its input channels.

Ideas: places_side_by_side, w_grad_of_a_group_along_the_channels_in, weights_reshaped.
"""



def pixel_slices(place, lengths, stride, dilation):
    return tuple(
        slice(a, a + s * (n - 1) + 1, s)  # wrong: the place lies d * a pixels on
        for a, n, s, d in zip(place, lengths, stride, dilation)
    )


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if out_grad.shape != shape:
        raise ValueError("shape of out_grad")
    axes = len(x_shape) - 2
    stride, padding, dilation = (per_axis(v, axes) for v in (stride, padding, dilation))
    lengths, c, o = shape[1:-1], w.shape[-2], w.shape[-1] // groups
    big = (x_shape[0], *(n + 2 * p for n, p in zip(x_shape[1:-1], padding)), x_shape[-1])
    grad = zeros(big, w.device, w.dtype)
    for place in itertools.product(*map(range, w.shape[:-2])):
        index = (slice(None), *pixel_slices(place, lengths, stride, dilation))
        for g in range(groups):
            mine = out_grad[..., g * o : (g + 1) * o].reshape((-1, o))
            weights = w[place][:, g * o : (g + 1) * o].reshape((o, c))  # wrong: reshape does not transpose
            grad[(*index, slice(g * c, (g + 1) * c))] += (mine @ weights).reshape((shape[0], *lengths, c))
    return pad(grad, [(0, 0), *((-p, -p) for p in padding), (0, 0)])


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x.shape, w_shape, stride, padding, dilation, groups)
    if out_grad.shape != shape:
        raise ValueError("shape of out_grad")
    axes = x.ndim - 2
    stride, padding, dilation = (per_axis(v, axes) for v in (stride, padding, dilation))
    lengths, c, o = shape[1:-1], w_shape[-2], w_shape[-1] // groups
    x = pad(x, [(0, 0), *((p, p) for p in padding), (0, 0)])
    grad = zeros(w_shape, x.device, x.dtype)
    for place in itertools.product(*map(range, w_shape[:-2])):
        seen = x[(slice(None), *pixel_slices(place, lengths, stride, dilation))]
        for g in range(groups):
            left = seen[..., g * c : (g + 1) * c].reshape((-1, c)).permute((1, 0))
            right = out_grad[..., g * o : (g + 1) * o].reshape((-1, o))
            grad[place][g * c : (g + 1) * c] = left @ right  # wrong: the groups lie side by side on the last axis
    return grad
