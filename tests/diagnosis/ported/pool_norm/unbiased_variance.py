"""normalize divides the squares by n - 1, and adds eps to the square root.

Ideas: variance_of_a_sample, eps_behind_the_root.
"""

import math


def normalize(x, axes, eps=1e-5):
    n = math.prod(x.shape[a] for a in normalize_axes(axes, x.ndim))
    if n == 0:
        raise ValueError("empty")
    mean = x.sum(axes, keepdims=True) / n
    var = ((x - mean) ** 2).sum(axes, keepdims=True) / (n - 1)
    return (x - mean) / (var**0.5 + eps)
