"""normalize divides by n - 1, normalize_grad holds mean and variance constant, and one axis stands for all pixels.

Ideas: divided_by_the_first_axis, mean_and_scale_taken_for_constants, variance_of_a_sample.
"""



def global_average_pool(x):
    if x.ndim < 3 or 0 in x.shape[1:-1]:
        raise ValueError("an image needs at least one axis and a pixel")
    axes = tuple(range(1, x.ndim - 1))
    return x.sum(axes) / x.shape[1]  # wrong: an image may have more than one axis


def normalize(x, axes, eps=1e-5):
    axes = normalize_axes(axes, x.ndim)
    n = 1
    for ax in axes:
        n *= x.shape[ax]
    if n == 0:
        raise ValueError("cannot normalize over no elements")
    mean = x.sum(axes, keepdims=True) / n
    diff = x - mean
    var = (diff * diff).sum(axes, keepdims=True) / (n - 1)  # wrong: divide by n
    return diff / (var + eps) ** 0.5


def normalize_grad(out_grad, x, axes, eps=1e-5):
    if out_grad.shape != x.shape:
        raise ValueError("out_grad and x must have one shape")
    axes = normalize_axes(axes, x.ndim)
    n = 1
    for ax in axes:
        n *= x.shape[ax]
    if n == 0:
        raise ValueError("cannot normalize over no elements")
    mean = x.sum(axes, keepdims=True) / n
    diff = x - mean
    var = (diff * diff).sum(axes, keepdims=True) / n
    return out_grad / (var + eps) ** 0.5  # wrong: mean and variance depend on x too
