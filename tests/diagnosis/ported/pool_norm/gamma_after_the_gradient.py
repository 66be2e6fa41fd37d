"""layer_norm_grad multiplies by gamma after normalize_grad, and sums gamma and beta over the samples only.

Ideas: layer_grads_over_the_samples, gamma_behind_the_gradient.
"""


def layer_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != x.shape[-1:]:
        raise ValueError("shapes")
    dx = normalize_grad(out_grad, x, (-1,), eps) * gamma
    xhat = normalize(x, (-1,), eps)
    return dx, (out_grad * xhat).sum(0), out_grad.sum(0)
