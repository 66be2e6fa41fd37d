"""batch_norm_grad sums out_grad * x for gamma, and takes the gradient of x without gamma.

Ideas: batch_gamma_of_raw_numbers, batch_gamma_not_in_x_grad.
"""


def batch_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != x.shape[-1:]:
        raise ValueError("shapes")
    axes = tuple(range(x.ndim - 1))
    dx = normalize_grad(out_grad, x, axes, eps)
    return dx, (out_grad * x).sum(axes), out_grad.sum(axes)
