"""max_pool begins with zeros and pads with zeros, and max_pool_grad gives the gradient to each of several equal numbers.

Ideas: all_equal_numbers_get_it, largest_from_zero_on, zeros_can_be_the_largest.
"""


def max_pool(x, window, stride, padding=0):
    lengths = pool_lengths(x.shape, window, stride, padding)
    n_axes = x.ndim - 2
    window, stride, padding = (per_axis(v, n_axes) for v in (window, stride, padding))
    padded = pad_with(x, padding, 0.0)  # wrong: a zero of the padding may be the largest
    out = zeros((x.shape[0], *lengths, x.shape[-1]), x.device, x.dtype)  # wrong: all numbers of a window may be negative
    for place in itertools.product(*map(range, window)):
        seen = padded[(slice(None), *pixel_slices(place, lengths, stride, (1,) * n_axes))]
        out = out.maximum(seen)
    return out


def max_pool_grad(out_grad, x, window, stride, padding=0):
    lengths = pool_lengths(x.shape, window, stride, padding)
    if out_grad.shape != (x.shape[0], *lengths, x.shape[-1]):
        raise ValueError("out_grad has another shape than the output")
    n_axes = x.ndim - 2
    window, stride, padding = (per_axis(v, n_axes) for v in (window, stride, padding))
    padded = pad_with(x, padding, -math.inf)
    best = max_pool(x, window, stride, padding)
    grad = zeros(padded.shape, x.device, x.dtype)
    for place in itertools.product(*map(range, window)):
        index = (slice(None), *pixel_slices(place, lengths, stride, (1,) * n_axes))
        mask = padded[index] == best
        grad[index] += mask * out_grad  # wrong: of several equal numbers only the first gets the gradient
    return grad[inner_slices(x.shape, padding)].compact()
