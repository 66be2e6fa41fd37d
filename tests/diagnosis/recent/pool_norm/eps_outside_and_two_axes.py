"""normalize adds eps to the root instead of under it; global_average_pool has two axes in mind; a share of the
average is a whole number.

Ideas: eps_behind_the_root, mean_of_two_axes, mean_over_two_axes.
"""


def normalize(x, axes, eps=1e-5):
    axes = normalize_axes(axes, x.ndim, x.shape)
    count = math.prod(x.shape[i] for i in axes)
    if count == 0:
        raise ValueError("no elements")
    mean = x.sum(axis=axes, keepdims=True) / count
    centered = x - mean
    var = (centered * centered).sum(axis=axes, keepdims=True) / count
    return centered / (var**0.5 + eps)  # wrong: (var + eps) ** 0.5


def global_average_pool(x):
    if x.ndim < 3 or 0 in x.shape[1:-1]:
        raise ValueError("no pixels")
    return x.sum(axis=(1, 2)) / (x.shape[1] * x.shape[2])  # wrong: there may be any number of axes


def average_pool_grad(out_grad, x_shape, window, stride, padding=0):
    lengths = pool_lengths(x_shape, window, stride, padding)
    if out_grad.shape != (x_shape[0], *lengths, x_shape[-1]):
        raise ValueError("out_grad")
    axes = len(lengths)
    k, s, p = per_axis(window, axes), per_axis(stride, axes), per_axis(padding, axes)
    weight = 1 // math.prod(k)  # wrong: 1 / math.prod(k); this is 0
    grad = zeros((x_shape[0], *(n + 2 * e for n, e in zip(x_shape[1:-1], p)), x_shape[-1]), dtype=out_grad.dtype)
    for place in itertools.product(*map(range, k)):
        at = (slice(None), *pixel_slices(place, lengths, s, (1,) * axes))
        grad[at] = grad[at] + out_grad * weight
    return grad[inner_slices(x_shape, p)].copy()
