"""unbroadcast sums over the first axis until the shapes agree in number, then over the first axis of length 1.

Ideas: one_axis_only.
"""


def unbroadcast(grad, shape):
    if grad.ndim < len(shape):
        raise ValueError("shape")
    for n, m in zip(grad.shape[grad.ndim - len(shape) :], shape):
        if m not in (1, n):
            raise ValueError("shape")
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, m in enumerate(shape):
        if m == 1:
            return grad.sum(axis=axis, keepdims=True)
    return grad
