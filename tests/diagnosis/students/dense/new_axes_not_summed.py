"""unbroadcast sums over stretched axes, and takes only the first of each new axis.

Ideas: one_copy_taken, one_copy_of_new_axes_taken.
"""


def unbroadcast(grad, shape):
    shape = tuple(shape)
    extra = grad.ndim - len(shape)
    if extra < 0:
        raise ValueError("shape has too many axes")
    for n, m in zip(grad.shape[extra:], shape):
        if m != 1 and m != n:
            raise ValueError("does not broadcast")
    for i, m in enumerate(shape):
        if m == 1 and grad.shape[extra + i] != 1:
            grad = grad.sum(axis=extra + i, keepdims=True)
    for _ in range(extra):
        grad = grad[0]
    return grad.compact()
