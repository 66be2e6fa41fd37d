"""layer_norm_grad multiplies by gamma at the end, batch_norm_grad sums over the batch alone, and batch_norm lets gamma stretch.

Ideas: batch_beta_of_any_shape, batch_grads_over_the_samples, gamma_behind_the_gradient, gamma_of_any_shape.
"""



def batch_norm(x, gamma, beta, eps=1e-5):
    axes = tuple(range(x.ndim - 1))
    return normalize(x, axes, eps) * gamma + beta  # wrong: a gamma or beta of another shape may broadcast


def batch_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != (x.shape[-1],):
        raise ValueError("shapes do not fit")
    axes = tuple(range(x.ndim - 1))
    y = normalize(x, axes, eps)
    gamma_grad = (out_grad * y).sum(0)  # wrong: sum over the pixels too
    beta_grad = out_grad.sum(0)  # wrong: sum over the pixels too
    return normalize_grad(out_grad * gamma, x, axes, eps), gamma_grad, beta_grad


def layer_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != (x.shape[-1],):
        raise ValueError("shapes do not fit")
    axes = tuple(range(x.ndim - 1))
    y = normalize(x, (-1,), eps)
    x_grad = normalize_grad(out_grad, x, (-1,), eps) * gamma  # wrong: gamma has to come before the means
    return x_grad, (out_grad * y).sum(axes), out_grad.sum(axes)
