"""average_pool leaves the padding out of the count, its gradient divides by one axis only, and a view is returned.

Ideas: one_memory_for_all_pixels, padding_not_counted, share_of_one_side.
"""


def average_pool(x, window, stride, padding=0):
    lengths = pool_lengths(x.shape, window, stride, padding)
    axes = x.ndim - 2
    k, s, p = per_axis(window, axes), per_axis(stride, axes), per_axis(padding, axes)
    total = zeros((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype)
    count = zeros(total.shape, x.device, x.dtype)
    xp = pad_with(x, p, 0)
    ones = pad_with(x * 0 + 1, p, 0)
    for place in itertools.product(*[range(n) for n in k]):
        at = (slice(None), *pixel_slices(place, lengths, s, [1] * axes))
        total = total + xp[at]
        count = count + ones[at]
    return total / count  # wrong: the zeros of the padding count too


def average_pool_grad(out_grad, x_shape, window, stride, padding=0):
    lengths = pool_lengths(x_shape, window, stride, padding)
    if out_grad.shape != (x_shape[0], *lengths, x_shape[-1]):
        raise ValueError(f"out_grad is {out_grad.shape}")
    axes = len(x_shape) - 2
    k, s, p = per_axis(window, axes), per_axis(stride, axes), per_axis(padding, axes)
    big = [n + 2 * e for n, e in zip(x_shape[1:-1], p)]
    grad = zeros((x_shape[0], *big, x_shape[-1]), out_grad.device, out_grad.dtype)
    share = out_grad / k[0]  # wrong: a window has math.prod(k) elements
    for place in itertools.product(*[range(n) for n in k]):
        at = (slice(None), *pixel_slices(place, lengths, s, [1] * axes))
        grad[at] = grad[at] + share
    return grad[inner_slices(x_shape, p)]


def global_average_pool_grad(out_grad, x_shape):
    pixels = math.prod(x_shape[1:-1])
    if len(x_shape) < 3 or pixels == 0:
        raise ValueError("no pixels")
    if out_grad.shape != (x_shape[0], x_shape[-1]):
        raise ValueError(f"out_grad is {out_grad.shape}")
    ones = [1] * (len(x_shape) - 2)
    return (out_grad / pixels).reshape((x_shape[0], *ones, x_shape[-1])).broadcast_to(x_shape)  # wrong: all pixels share memory
