"""Gives the gradient of a window to the last of its largest numbers.

Ideas: last_of_equal_numbers.
"""

import numpy as np

from ndarray import array


def max_pool_grad(out_grad, x, window, stride, padding=0):
    lengths = pool_lengths(x.shape, window, stride, padding)
    if out_grad.shape != (x.shape[0], *lengths, x.shape[-1]):
        raise ValueError("out_grad has the wrong shape")
    d = x.ndim - 2
    k, s, p = per_axis(window, d), per_axis(stride, d), per_axis(padding, d)
    xp = pad_with(x, p, -math.inf).numpy()
    g = out_grad.numpy()
    dx = np.zeros(xp.shape, xp.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[-1]):
            for out in itertools.product(*map(range, lengths)):
                best, where = -math.inf, None
                for place in itertools.product(*map(range, k)):
                    at = (n, *(si * i + a for si, i, a in zip(s, out, place)), c)
                    if xp[at] >= best:  # wrong: > keeps the first of equal numbers
                        best, where = xp[at], at
                dx[where] += g[(n, *out, c)]
    return array(dx[inner_slices(x.shape, p)], x.device, x.dtype)
