"""max_pool pads with zeros and starts at zero; its gradient goes to every number that is equal to the largest.

Ideas: largest_from_zero_on.
"""

import itertools


def max_pool(x, window, stride, padding=0):
    dims = x.ndim - 2
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = per_axis(window, dims), per_axis(stride, dims), per_axis(padding, dims)
    xp = pad_with(x, p, 0.0)  # wrong: a zero of the padding may be the largest
    out = zeros((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype)  # wrong: all numbers may be below 0
    for place in itertools.product(*[range(n) for n in k]):
        out = out.maximum(xp[(slice(None), *pixel_slices(place, lengths, s, (1,) * dims))])
    return out


def max_pool_grad(out_grad, x, window, stride, padding=0):
    dims = x.ndim - 2
    y = max_pool(x, window, stride, padding)
    if out_grad.shape != y.shape:
        raise ValueError("out_grad has the wrong shape")
    k, s, p = per_axis(window, dims), per_axis(stride, dims), per_axis(padding, dims)
    lengths = y.shape[1:-1]
    xp = pad_with(x, p, -math.inf)
    gx = zeros(xp.shape, x.device, x.dtype)
    for place in itertools.product(*[range(n) for n in k]):
        at = (slice(None), *pixel_slices(place, lengths, s, (1,) * dims))
        gx[at] = gx[at] + (xp[at] == y) * out_grad  # wrong: only the first of equal numbers gets the gradient
    return gx[inner_slices(x.shape, p)].compact()
