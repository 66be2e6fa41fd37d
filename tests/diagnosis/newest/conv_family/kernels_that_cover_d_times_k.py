"""conv_length lets a window cover d * k pixels, and in conv all groups use the weights of the first one.

Ideas: every_group_uses_the_first_weights, window_as_long_as_all_steps.
"""


def conv_length(size, kernel, stride=1, padding=0, dilation=1):
    if stride < 1 or kernel < 1 or dilation < 1 or padding < 0:
        raise ValueError("these numbers make no convolution")
    covered = dilation * kernel  # wrong: there are kernel - 1 gaps
    if covered > size + 2 * padding:
        raise ValueError("the window is too large")
    return (size + 2 * padding - covered) // stride + 1


def conv(x, w, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    axes = x.ndim - 2
    stride, padding, dilation = (per_axis(v, axes) for v in (stride, padding, dilation))
    x = pad(x, [(0, 0), *[(p, p) for p in padding], (0, 0)])
    out = zeros(shape, x.device, x.dtype)
    lengths = shape[1:-1]
    c, o = w.shape[-2], shape[-1] // groups
    for place in itertools.product(*map(range, w.shape[:-2])):
        seen = x[(slice(None), *pixel_slices(place, lengths, stride, dilation))]
        for g in range(groups):
            part = seen[..., g * c : (g + 1) * c].reshape((-1, c))
            weights = w[place][:, :o]  # wrong: each group has its own columns
            out[..., g * o : (g + 1) * o] += (part @ weights).reshape((shape[0], *lengths, o))
    return out
