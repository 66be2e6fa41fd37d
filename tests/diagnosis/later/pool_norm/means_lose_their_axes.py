"""Subtracts means whose axes are gone."""


def normalize(x, axes, eps=1e-5):
    axes = normalize_axes(axes, x.ndim)
    count = math.prod(x.shape[a] for a in axes)
    if count == 0:
        raise ValueError("no elements")
    mean = x.sum(axes) / count  # wrong: keepdims=True
    var = ((x - mean) * (x - mean)).sum(axes) / count  # wrong: keepdims=True
    return (x - mean) / (var + eps) ** 0.5
