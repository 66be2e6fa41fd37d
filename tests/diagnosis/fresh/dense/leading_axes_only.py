"""unbroadcast sums the axes in front and forgets the stretched ones; relu lets 0 through on the way back.

Ideas: stretched_axes_forgotten, zero_lets_through, stretched_axes_reshaped, any_shape_of_as_many_elements.
"""


def unbroadcast(grad, shape):
    extra = grad.ndim - len(shape)
    if extra < 0:
        raise ValueError("cannot unbroadcast")
    for i in range(extra):
        grad = grad.sum(axis=0)
    return grad.reshape(tuple(shape))  # wrong: stretched axes are not summed over


def relu_grad(out_grad, a):
    if out_grad.shape != a.shape:
        raise ValueError("shapes differ")
    mask = a >= 0.0  # wrong: at 0 the gradient is 0
    return out_grad * mask
