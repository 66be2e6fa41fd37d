"""Sums the new axes away one by one, and forgets that the others move up.

Ideas: axes_numbered_as_before.
"""


def unbroadcast(grad, shape):
    shape = tuple(shape)
    extra = grad.ndim - len(shape)
    if extra < 0:
        raise ValueError("too many axes")
    for have, want in zip(grad.shape[extra:], shape):
        if want != have and want != 1:
            raise ValueError(f"{shape} does not broadcast to {grad.shape}")
    for i in range(extra):
        grad = grad.sum(i)  # wrong: the next new axis is number 0 again
    for i, n in enumerate(shape):
        if n == 1 and grad.shape[i] != 1:
            grad = grad.sum(i, keepdims=True)
    return grad
