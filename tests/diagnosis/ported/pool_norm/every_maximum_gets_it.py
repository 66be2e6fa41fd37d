"""max_pool_grad gives the gradient to every pixel that equals the maximum, and overwrites where windows overlap.

Ideas: all_equal_numbers_get_it, pooled_gradients_overwritten.
"""

import itertools

from ndarray import zeros


def max_pool_grad(out_grad, x, window, stride, padding=0):
    out = max_pool(x, window, stride, padding)
    if out_grad.shape != out.shape:
        raise ValueError("out_grad")
    n = x.ndim - 2
    k, s, p = per_axis(window, n), per_axis(stride, n), per_axis(padding, n)
    xp = pad_with(x, p, float("-inf"))
    grad = zeros(xp.shape, x.device, x.dtype)
    for place in itertools.product(*[range(i) for i in k]):
        at = (slice(None), *pixel_slices(place, out.shape[1:-1], s, (1,) * n))
        grad[at] = (xp[at] == out) * out_grad
    return grad[inner_slices(x.shape, p)].compact()
