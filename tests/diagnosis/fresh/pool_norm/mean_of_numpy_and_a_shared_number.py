"""Calls x.mean, which does not exist; the gradient is a broadcast view, and not divided by the pixels.

Ideas: one_memory_for_all_pixels, whole_gradient_to_each_pixel.
"""


def global_average_pool(x):
    if x.ndim < 3 or 0 in x.shape[1:-1]:
        raise ValueError("no pixels")
    return x.mean(tuple(range(1, x.ndim - 1)))  # wrong: NDArray has no mean


def global_average_pool_grad(out_grad, x_shape):
    if len(x_shape) < 3 or 0 in x_shape[1:-1]:
        raise ValueError("no pixels")
    n, c = x_shape[0], x_shape[-1]
    if out_grad.shape != (n, c):
        raise ValueError("out_grad")
    g = out_grad.reshape((n,) + (1,) * (len(x_shape) - 2) + (c,))  # wrong: not divided by the number of pixels
    return g.broadcast_to(tuple(x_shape))  # wrong: a view whose pixels share one number
