"""Broadcasts (N, C) straight to a picture, and sums the gradients of gamma and beta over the batch only.

Ideas: batch_grads_over_the_samples.
"""


def global_average_pool_grad(out_grad, x_shape):
    if len(x_shape) < 3 or math.prod(x_shape[1:-1]) == 0:
        raise ValueError("no pixels")
    if out_grad.shape != (x_shape[0], x_shape[-1]):
        raise ValueError("out_grad")
    pixels = math.prod(x_shape[1:-1])
    return (out_grad / pixels).broadcast_to(tuple(x_shape)).copy()  # wrong: axes for the pixels in the middle


def batch_norm_grad(out_grad, x, gamma, eps=1e-5):
    if x.ndim < 2 or out_grad.shape != x.shape or gamma.shape != (x.shape[-1],):
        raise ValueError("shapes")
    axes = tuple(range(x.ndim - 1))
    x_hat = normalize(x, axes, eps)
    dx = normalize_grad(out_grad * gamma, x, axes, eps)
    dgamma = (out_grad * x_hat).sum(0)  # wrong: over the pixels, too
    dbeta = out_grad.sum(0)  # wrong: the same
    return dx, dgamma, dbeta
