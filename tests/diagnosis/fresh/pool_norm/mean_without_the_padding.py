"""average_pool divides by the pixels of the picture alone, and its gradient gives every pixel all of it.

Ideas: padding_not_counted, whole_gradient_to_each.
"""

import itertools


def average_pool(x, window, stride, padding=0):
    dims = x.ndim - 2
    lengths = pool_lengths(x.shape, window, stride, padding)
    k, s, p = per_axis(window, dims), per_axis(stride, dims), per_axis(padding, dims)
    xp = pad_with(x, p, 0.0)
    ones = pad_with(full(x.shape, 1.0, x.device, x.dtype), p, 0.0)
    total = zeros((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype)
    count = zeros(total.shape, x.device, x.dtype)
    for place in itertools.product(*map(range, k)):
        at = (slice(None), *pixel_slices(place, lengths, s, (1,) * dims))
        total = total + xp[at]
        count = count + ones[at]
    return total / count  # wrong: the zeros of the padding count, too


def average_pool_grad(out_grad, x_shape, window, stride, padding=0):
    dims = len(x_shape) - 2
    lengths = pool_lengths(x_shape, window, stride, padding)
    if out_grad.shape != (x_shape[0], *lengths, x_shape[-1]):
        raise ValueError("shape of out_grad")
    k, s, p = per_axis(window, dims), per_axis(stride, dims), per_axis(padding, dims)
    gx = zeros((x_shape[0], *(n + 2 * e for n, e in zip(x_shape[1:-1], p)), x_shape[-1]), out_grad.device, out_grad.dtype)
    for place in itertools.product(*map(range, k)):
        at = (slice(None), *pixel_slices(place, lengths, s, (1,) * dims))
        gx[at] = gx[at] + out_grad  # wrong: each pixel gets 1/n of it
    return gx[inner_slices(x_shape, p)].compact()
