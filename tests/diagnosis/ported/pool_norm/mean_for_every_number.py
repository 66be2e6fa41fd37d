"""batch_norm_grad averages the gradients of gamma and beta over the batch.

Ideas: batch_grads_of_means, batch_beta_of_a_mean.
"""

import math


def batch_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != x.shape[-1:]:
        raise ValueError("shapes")
    axes = tuple(range(x.ndim - 1))
    n = math.prod(x.shape[:-1])
    xhat = normalize(x, axes, eps)
    dgamma = (out_grad * xhat).sum(axes) / n
    dbeta = out_grad.sum(axes) / n
    return normalize_grad(out_grad * gamma, x, axes, eps), dgamma, dbeta
