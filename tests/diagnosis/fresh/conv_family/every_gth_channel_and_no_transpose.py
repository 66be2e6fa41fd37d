"""Groups take every g-th channel; x_grad overwrites instead of adding.

Ideas: results_of_every_so_many_channels, groups_of_every_so_many_channels,
gradients_overwritten.
"""


def conv(x, w, stride=1, padding=0, dilation=1, groups=1):
    axes = x.ndim - 2
    n, *lengths, c_out = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    s, p, d = per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes)
    x = pad(x, ((0, 0), *((q, q) for q in p), (0, 0)))
    out = zeros((n, *lengths, c_out), x.device, x.dtype)
    for place in itertools.product(*map(range, w.shape[:-2])):
        pix = x[(slice(None), *pixel_slices(place, lengths, s, d))]
        for g in range(groups):
            rows = pix[..., g::groups].compact().reshape((n * math.prod(lengths), w.shape[-2]))  # wrong: a group is a run of neighbors
            prod = rows @ w[place][:, g::groups]  # wrong: the same
            out[..., g::groups] = out[..., g::groups] + prod.reshape((n, *lengths, c_out // groups))
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    axes = len(x_shape) - 2
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if out_grad.shape != shape:
        raise ValueError("out_grad")
    n, *lengths, c_out = shape
    s, p, d = per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes)
    ci, co = w.shape[-2], c_out // groups
    dx = zeros((n, *(m + 2 * q for m, q in zip(x_shape[1:-1], p)), x_shape[-1]), w.device, w.dtype)
    for place in itertools.product(*map(range, w.shape[:-2])):
        at = (slice(None), *pixel_slices(place, lengths, s, d))
        for g in range(groups):
            gr = out_grad[..., g * co : (g + 1) * co].compact().reshape((n * math.prod(lengths), co))
            res = gr @ w[place][:, g * co : (g + 1) * co].permute((1, 0))
            dx[(*at, slice(g * ci, (g + 1) * ci))] = res.reshape((n, *lengths, ci))  # wrong: places overlap and must add up
    return dx[(slice(None), *(slice(q, q + m) for q, m in zip(p, x_shape[1:-1])))].compact()
