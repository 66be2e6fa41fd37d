"""unbroadcast compares the two shapes from the left, dense_x_grad reshapes w where it should turn it, and the
gradient of the loss is divided by the number of classes.

Ideas: w_reshaped, aligned_at_the_first_axes.
"""


def dense_x_grad(out_grad, w):
    if out_grad.ndim != 2 or w.ndim != 2 or out_grad.shape[1] != w.shape[1]:
        raise ValueError("shapes do not fit")
    I, O = w.shape
    return out_grad @ w.reshape((O, I))  # wrong: a transpose, w.permute((1, 0))


def unbroadcast(grad, shape):
    shape = tuple(shape)
    grad_shape = grad.shape
    if len(shape) > len(grad_shape):
        raise ValueError("too many axes")
    for g, s in zip(reversed(grad_shape), reversed(shape)):
        if s not in (1, g):
            raise ValueError(f"{shape} does not broadcast to {grad_shape}")
    padded = shape + (1,) * (len(grad_shape) - len(shape))  # wrong: the new axes are in front
    axes = tuple(i for i, (g, s) in enumerate(zip(grad_shape, padded)) if s == 1)
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


def cross_entropy_grad(logits, labels):
    if logits.shape != labels.shape:
        raise ValueError("logits and labels")
    return (softmax(logits) - labels) / logits.shape[-1]  # wrong: the mean is over the samples, shape[0]
