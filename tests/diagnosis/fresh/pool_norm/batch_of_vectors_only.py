"""batch_norm averages over the batch alone; layer_norm_grad multiplies by gamma last and sums over samples only.

Ideas: pixels_not_in_the_mean, gamma_behind_the_gradient.
"""


def batch_norm(x, gamma, beta, eps=1e-5):
    if gamma.shape != (x.shape[-1],) or beta.shape != (x.shape[-1],):
        raise ValueError("gamma and beta need one number per channel")
    return normalize(x, (0,), eps) * gamma + beta  # wrong: over all axes but the last


def layer_norm_grad(out_grad, x, gamma, eps=1e-5):
    if out_grad.shape != x.shape or gamma.shape != (x.shape[-1],):
        raise ValueError("shapes")
    y = normalize(x, (-1,), eps)
    gx = normalize_grad(out_grad, x, (-1,), eps) * gamma  # wrong: gamma must come before the means
    ggamma = (out_grad * y).sum((0,))  # wrong: over all pixels of all samples
    gbeta = out_grad.sum((0,))  # wrong: the same
    return gx, ggamma, gbeta
