"""Treats the scale as a constant, and multiplies by gamma after the gradient of normalize.

Ideas: scale_taken_for_a_constant, gamma_behind_the_gradient.
"""


def normalize_grad(out_grad, x, axes, eps=1e-5):
    if out_grad.shape != x.shape:
        raise ValueError("shapes differ")
    axes = normalize_axes(axes, x.ndim)
    n = math.prod(x.shape[a] for a in axes)
    if n == 0:
        raise ValueError("empty")
    m = x.sum(axes, keepdims=True) / n
    v = ((x - m) ** 2).sum(axes, keepdims=True) / n
    std = (v + eps) ** 0.5
    g_mean = out_grad.sum(axes, keepdims=True) / n
    return (out_grad - g_mean) / std  # wrong: the term through the scale is missing


def layer_norm_grad(out_grad, x, gamma, eps=1e-5):
    C = x.shape[-1]
    if out_grad.shape != x.shape or gamma.shape != (C,) or C == 0 or x.ndim < 2:
        raise ValueError("shapes")
    y = normalize(x, (-1,), eps)
    lead = tuple(range(x.ndim - 1))
    dx = normalize_grad(out_grad, x, (-1,), eps) * gamma  # wrong: out_grad * gamma first
    return dx, (out_grad * y).sum(lead), out_grad.sum(lead)
