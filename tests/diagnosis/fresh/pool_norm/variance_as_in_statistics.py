"""The variance divides by n - 1, eps is added to the scale, and the gradient takes both as constants.

Ideas: eps_behind_the_root, variance_of_a_sample,
mean_and_scale_taken_for_constants.
"""


def normalize(x, axes, eps=1e-5):
    axes = normalize_axes(axes, x.ndim)
    n = 1
    for ax in axes:
        n *= x.shape[ax]
    if n == 0:
        raise ValueError("nothing to average")
    mu = x.sum(axes, keepdims=True) / n
    var = ((x - mu) ** 2).sum(axes, keepdims=True) / (n - 1)  # wrong: divide by n
    return (x - mu) / (var**0.5 + eps)  # wrong: eps belongs inside the square root


def normalize_grad(out_grad, x, axes, eps=1e-5):
    if out_grad.shape != x.shape:
        raise ValueError("shapes differ")
    axes = normalize_axes(axes, x.ndim)
    n = 1
    for ax in axes:
        n *= x.shape[ax]
    if n == 0:
        raise ValueError("nothing to average")
    mu = x.sum(axes, keepdims=True) / n
    var = ((x - mu) ** 2).sum(axes, keepdims=True) / n
    return out_grad / (var + eps) ** 0.5  # wrong: the mean and the variance depend on x, too
