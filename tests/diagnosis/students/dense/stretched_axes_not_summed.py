"""unbroadcast sums over the new axes and forgets the axes of length 1.

Ideas: stretched_axes_forgotten.
"""


def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    if grad.ndim < len(shape):
        raise ValueError("not a broadcast")
    for n, m in zip(grad.shape, shape):
        if m not in (1, n):
            raise ValueError("not a broadcast")
    return grad
