"""layer_norm takes its means over pixels and channels; average_pool_grad overwrites where windows overlap.

Ideas: whole_image_in_the_mean, shares_overwritten.
"""


def average_pool_grad(out_grad, x_shape, window, stride, padding=0):
    lengths = pool_lengths(x_shape, window, stride, padding)
    if out_grad.shape != (x_shape[0], *lengths, x_shape[-1]):
        raise ValueError("out_grad.shape")
    nd = len(x_shape) - 2
    win, st, pd = per_axis(window, nd), per_axis(stride, nd), per_axis(padding, nd)
    big = [n + 2 * p for n, p in zip(x_shape[1:-1], pd)]
    dx = zeros((x_shape[0], *big, x_shape[-1]), out_grad.device, out_grad.dtype)
    share = out_grad / math.prod(win)
    for place in itertools.product(*(range(k) for k in win)):
        sl = (slice(None), *pixel_slices(place, lengths, st, (1,) * nd))
        dx[sl] = share  # wrong: the shares of several windows add up
    return dx[inner_slices(x_shape, pd)].compact()


def layer_norm(x, gamma, beta, eps=1e-5):
    if x.ndim < 2 or x.shape[-1] == 0:
        raise ValueError("layer_norm needs channels")
    if gamma.shape != (x.shape[-1],) or beta.shape != gamma.shape:
        raise ValueError("gamma/beta")
    axes = tuple(range(1, x.ndim))  # wrong: only the last axis
    return normalize(x, axes, eps) * gamma + beta
