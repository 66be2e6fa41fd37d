"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import itertools
import math

import numpy as np
from ndarray import array, zeros

# `solution` is the solution as it is rendered from the templates.
from solution import (
    inner_slices,
    layer_norm,
    max_pool,
    normalize,
    normalize_grad,
    original,
    pad_with,
    per_axis,
    pixel_slices,
    pool_lengths,
)

from grader.model.mutant import rewrite


def like(values, a):
    """The values as an array with a's device and dtype."""
    return array(np.ascontiguousarray(values), a.device, a.dtype)


def windows_of(x, window, stride, padding, value):
    """The windows of x as a NumPy array (N, *L', C, elements), in the order of the axes."""
    axes, lengths = x.ndim - 2, pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(number, axes) for number in (window, stride, padding))
    values = pad_with(x, p, value).numpy()
    pixels = [
        values[(slice(None), *pixel_slices(place, lengths, s, (1,) * axes))]
        for place in itertools.product(*map(range, k))
    ]
    return np.stack(pixels, -1)


def checked(out_grad, x_shape, window, stride, padding):
    """The lengths of the output; ValueError if out_grad has another shape."""
    lengths = pool_lengths(x_shape, window, stride, padding)
    if tuple(out_grad.shape) != (x_shape[0], *lengths, x_shape[-1]):
        raise ValueError(out_grad.shape)
    return lengths


def spread(shares, x_shape, window, stride, padding):
    """The sum at each pixel of shares (N, *L', C, elements), in float64."""
    axes, lengths = len(x_shape) - 2, shares.shape[1:-2]
    k, s, p = (per_axis(number, axes) for number in (window, stride, padding))
    sizes = [n + 2 * edge for n, edge in zip(x_shape[1:-1], p, strict=True)]
    out = np.zeros((x_shape[0], *sizes, x_shape[-1]))
    for number, place in enumerate(itertools.product(*map(range, k))):
        out[(slice(None), *pixel_slices(place, lengths, s, (1,) * axes))] += shares[..., number]
    return out[inner_slices(x_shape, p)]


# max_pool and its gradient


@rewrite(of="max_pool")
def largest_of_stacked_windows(x, window, stride, padding=0):
    """Gathers all windows, and takes the largest number over the last axis."""
    return like(windows_of(x, window, stride, padding, -math.inf).max(-1), x)


@rewrite(of="max_pool")
def largest_window_by_window(x, window, stride, padding=0):
    """Cuts each window out of the image, at its edges a smaller one."""
    axes, lengths = x.ndim - 2, pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(number, axes) for number in (window, stride, padding))
    out, values = np.empty((x.shape[0], *lengths, x.shape[-1])), x.numpy()
    for at in np.ndindex(*lengths):
        spans = tuple(
            slice(max(step * i - edge, 0), step * i - edge + n)
            for i, n, step, edge in zip(at, k, s, p, strict=True)
        )
        out[(slice(None), *at)] = values[(slice(None), *spans)].max(tuple(range(1, axes + 1)))
    return like(out, x)


@rewrite(of="max_pool")
def largest_axis_by_axis(x, window, stride, padding=0):
    """The largest numbers of the rows, and then of those."""
    axes, lengths = x.ndim - 2, pool_lengths(x.shape, window, stride, padding)
    k, s, p = (per_axis(number, axes) for number in (window, stride, padding))
    values = pad_with(x, p, -math.inf).numpy()
    for axis in range(axes):
        places = np.arange(lengths[axis])[:, None] * s[axis] + np.arange(k[axis])
        values = np.take(values, places, axis + 1).max(axis + 2)
    return like(values, x)


@rewrite(of="max_pool_grad")
def gradient_by_argmax(out_grad, x, window, stride, padding=0):
    """The place of the largest number, which argmax finds first of all."""
    checked(out_grad, x.shape, window, stride, padding)
    windows = windows_of(x, window, stride, padding, -math.inf)
    chosen = np.arange(windows.shape[-1]) == windows.argmax(-1)[..., None]
    shares = chosen * out_grad.numpy()[..., None]
    return like(spread(shares, x.shape, window, stride, padding), x)


@rewrite(of="max_pool_grad")
def gradient_window_by_window(out_grad, x, window, stride, padding=0):
    """Walks over all windows of all images and channels."""
    axes, lengths = x.ndim - 2, checked(out_grad, x.shape, window, stride, padding)
    k, s, p = (per_axis(number, axes) for number in (window, stride, padding))
    values, given, out = x.numpy(), out_grad.numpy(), np.zeros(x.shape)
    for n, *at, c in np.ndindex(x.shape[0], *lengths, x.shape[-1]):
        spans = tuple(
            slice(max(step * i - edge, 0), step * i - edge + size)
            for i, size, step, edge in zip(at, k, s, p, strict=True)
        )
        seen = values[(n, *spans, c)]
        first = np.unravel_index(seen.argmax(), seen.shape)
        pixel = tuple(span.start + f for span, f in zip(spans, first, strict=True))
        out[(n, *pixel, c)] += given[(n, *at, c)]
    return like(out, x)


# average_pool and its gradient


@rewrite(of="average_pool")
def mean_of_stacked_windows(x, window, stride, padding=0):
    """Gathers all windows, and takes their mean in float64."""
    return like(windows_of(x, window, stride, padding, 0.0).mean(-1, dtype=np.float64), x)


@rewrite(of="average_pool")
def mean_of_shares(x, window, stride, padding=0):
    """Divides first, and then adds up."""
    windows = windows_of(x, window, stride, padding, 0.0)
    return like((windows / np.float32(windows.shape[-1])).sum(-1), x)


@rewrite(of="average_pool_grad")
def equal_shares(out_grad, x_shape, window, stride, padding=0):
    """An equal share for each place of the window, spread in float64."""
    checked(out_grad, x_shape, window, stride, padding)
    elements = math.prod(per_axis(window, len(x_shape) - 2))
    shares = np.repeat(out_grad.numpy()[..., None] / elements, elements, -1)
    return like(spread(shares, x_shape, window, stride, padding), out_grad)


@rewrite(of="average_pool_grad")
def sum_divided_at_the_end(out_grad, x_shape, window, stride, padding=0):
    """Adds whole gradients up, and divides the sum."""
    checked(out_grad, x_shape, window, stride, padding)
    elements = math.prod(per_axis(window, len(x_shape) - 2))
    given = np.repeat(out_grad.numpy()[..., None], elements, -1)
    return like(spread(given, x_shape, window, stride, padding) / elements, out_grad)


# global_average_pool and its gradient


@rewrite(of="global_average_pool")
def mean_of_flat_images(x):
    """Lays the pixels of an image on one axis."""
    if x.ndim < 3 or 0 in x.shape[1:-1]:
        raise ValueError(x.shape)
    return like(x.numpy().reshape(x.shape[0], -1, x.shape[-1]).mean(1, dtype=np.float64), x)


@rewrite(of="global_average_pool")
def mean_axis_by_axis(x):
    """A sum along one axis after the other."""
    pixels = math.prod(x.shape[1:-1])
    if x.ndim < 3 or pixels == 0:
        raise ValueError(x.shape)
    while x.ndim > 2:
        x = x.sum(1)
    return x / pixels


@rewrite(of="global_average_pool_grad")
def shares_added_to_zeros(out_grad, x_shape):
    """Broadcasts over an array of zeros."""
    if len(x_shape) < 3 or 0 in x_shape[1:-1] or tuple(out_grad.shape) != (x_shape[0], x_shape[-1]):
        raise ValueError((out_grad.shape, x_shape))
    share = out_grad / math.prod(x_shape[1:-1])
    one = share.reshape((x_shape[0], *(1 for _ in x_shape[1:-1]), x_shape[-1]))
    return zeros(x_shape, out_grad.device, out_grad.dtype) + one


@rewrite(of="global_average_pool_grad")
def shares_by_tile(out_grad, x_shape):
    """Repeats the shares with NumPy."""
    if len(x_shape) < 3 or 0 in x_shape[1:-1] or tuple(out_grad.shape) != (x_shape[0], x_shape[-1]):
        raise ValueError((out_grad.shape, x_shape))
    pixels = math.prod(x_shape[1:-1])
    return like(np.repeat(out_grad.numpy()[:, None] / pixels, pixels, 1).reshape(x_shape), out_grad)


# normalize and its gradient


@rewrite(of="normalize")
def normalized_by_numpy(x, axes, eps=1e-5):
    """NumPy's mean and variance, in float64."""
    values, axes = x.numpy().astype(np.float64), tuple(axes)
    if values.mean(axes).size == 0 or values.size == 0:
        raise ValueError(x.shape)
    scale = np.sqrt(values.var(axes, keepdims=True) + eps)
    return like((values - values.mean(axes, keepdims=True)) / scale, x)


@rewrite(of="normalize")
def normalized_by_a_reciprocal(x, axes, eps=1e-5):
    """Multiplies by one over the scale, in float32."""
    values, axes = x.numpy(), tuple(axes)
    if values.size == 0:
        raise ValueError(x.shape)
    centered = values - values.mean(axes, keepdims=True)
    return like(centered * (1 / np.sqrt((centered**2).mean(axes, keepdims=True) + values.dtype.type(eps))), x)


@rewrite(of="normalize_grad")
def gradient_by_the_chain_rule(out_grad, x, axes, eps=1e-5):
    """Mean and variance as steps of their own, as in the paper on batch normalization."""
    if tuple(out_grad.shape) != tuple(x.shape) or x.size == 0:
        raise ValueError((out_grad.shape, x.shape))
    values, given, axes = x.numpy().astype(np.float64), out_grad.numpy().astype(np.float64), tuple(axes)
    centered = values - values.mean(axes, keepdims=True)
    variance = (centered**2).mean(axes, keepdims=True) + eps
    variance_grad = (given * centered).sum(axes, keepdims=True) * -0.5 * variance**-1.5
    mean_grad = -given.sum(axes, keepdims=True) / np.sqrt(variance)
    count = math.prod(x.shape[axis] for axis in axes)
    result = given / np.sqrt(variance) + (2 * centered * variance_grad + mean_grad) / count
    return like(result, x)


@rewrite(of="normalize_grad")
def gradient_of_sums(out_grad, x, axes, eps=1e-5):
    """n times the gradient, minus two sums, divided by n times the scale."""
    if tuple(out_grad.shape) != tuple(x.shape) or x.size == 0:
        raise ValueError((out_grad.shape, x.shape))
    values, given, axes = x.numpy(), out_grad.numpy(), tuple(axes)
    n = values.dtype.type(math.prod(x.shape[axis] for axis in axes))
    centered = values - values.mean(axes, keepdims=True)
    scale = np.sqrt((centered**2).mean(axes, keepdims=True) + values.dtype.type(eps))
    normal = centered / scale
    less = given.sum(axes, keepdims=True) + normal * (given * normal).sum(axes, keepdims=True)
    return like((n * given - less) / (n * scale), x)


# batch_norm, layer_norm and their gradients


def fitting(x, *of_channels, out_grad=None):
    """ValueError unless each array has one number for each channel of x, and out_grad has x's shape."""
    if out_grad is not None and tuple(out_grad.shape) != tuple(x.shape):
        raise ValueError(out_grad.shape)
    if any(tuple(each.shape) != tuple(x.shape[-1:]) for each in of_channels):
        raise ValueError([each.shape for each in of_channels])


@rewrite(of="batch_norm")
def batch_norm_of_rows(x, gamma, beta, eps=1e-5):
    """Lays all pixels of all samples below each other."""
    fitting(x, gamma, beta)
    rows = x.reshape((x.size // x.shape[-1], x.shape[-1]))
    return (normalize(rows, (0,), eps) * gamma + beta).reshape(x.shape)


@rewrite(of="batch_norm")
def batch_norm_channel_by_channel(x, gamma, beta, eps=1e-5):
    """Each channel by itself, in float64."""
    fitting(x, gamma, beta)
    values, out = x.numpy().astype(np.float64), np.empty(x.shape)
    for c in range(x.shape[-1]):
        one = values[..., c]
        out[..., c] = (one - one.mean()) / np.sqrt(one.var() + eps) * gamma.numpy()[c] + beta.numpy()[c]
    return like(out, x)


@rewrite(of="batch_norm_grad")
def batch_norm_grad_of_rows(out_grad, x, gamma, eps=1e-5):
    """Lays all pixels of all samples below each other."""
    fitting(x, gamma, out_grad=out_grad)
    rows = (x.size // x.shape[-1], x.shape[-1])
    given, values = out_grad.reshape(rows), x.reshape(rows)
    x_grad = normalize_grad(given * gamma, values, (0,), eps).reshape(x.shape)
    return x_grad, (given * normalize(values, (0,), eps)).sum(0), given.sum(0)


@rewrite(of="batch_norm_grad")
def batch_norm_grad_with_gamma_last(out_grad, x, gamma, eps=1e-5):
    """gamma is the same for all numbers of one mean, so the multiplication may come last."""
    fitting(x, gamma, out_grad=out_grad)
    pixels = tuple(range(x.ndim - 1))
    x_grad = normalize_grad(out_grad, x, pixels, eps) * gamma
    return x_grad, (normalize(x, pixels, eps) * out_grad).sum(pixels), out_grad.sum(pixels)


@rewrite(of="layer_norm")
def layer_norm_of_rows(x, gamma, beta, eps=1e-5):
    """Lays all pixels of all samples below each other."""
    fitting(x, gamma, beta)
    rows = x.reshape((x.size // x.shape[-1], x.shape[-1]))
    return normalize(rows, (1,), eps).reshape(x.shape) * gamma + beta


@rewrite(of="layer_norm")
def layer_norm_sample_by_sample(x, gamma, beta, eps=1e-5):
    """Each sample by itself, in float64."""
    fitting(x, gamma, beta)
    wide = [array(each.numpy(), each.device, "float64") for each in (x, gamma, beta)]
    parts = [original(wide[0][n : n + 1], *wide[1:], eps).numpy() for n in range(x.shape[0])]
    return like(np.concatenate(parts), x)


@rewrite(of="layer_norm_grad")
def layer_norm_grad_of_rows(out_grad, x, gamma, eps=1e-5):
    """Lays all pixels of all samples below each other."""
    fitting(x, gamma, out_grad=out_grad)
    rows = (x.size // x.shape[-1], x.shape[-1])
    given, values = out_grad.reshape(rows), x.reshape(rows)
    x_grad = normalize_grad(given * gamma, values, (1,), eps).reshape(x.shape)
    return x_grad, (given * normalize(values, (1,), eps)).sum(0), given.sum(0)


@rewrite(of="layer_norm_grad")
def layer_norm_grad_by_its_forward_pass(out_grad, x, gamma, eps=1e-5):
    """Takes the normalized numbers from layer_norm, with a scale of 1 and a shift of 0."""
    fitting(x, gamma, out_grad=out_grad)
    pixels = tuple(range(x.ndim - 1))
    normal = layer_norm(x, gamma * 0.0 + 1.0, gamma * 0.0, eps)
    x_grad = normalize_grad(out_grad * gamma, x, (x.ndim - 1,), eps)
    return x_grad, (normal * out_grad).sum(pixels), out_grad.sum(pixels)


@rewrite(of="max_pool_grad")
def gradient_by_the_pooled_images(out_grad, x, window, stride, padding=0):
    """Compares each window with max_pool's result, and keeps the first number that is equal."""
    checked(out_grad, x.shape, window, stride, padding)
    windows = windows_of(x, window, stride, padding, -math.inf)
    equal = windows == max_pool(x, window, stride, padding).numpy()[..., None]
    first = equal & (np.cumsum(equal, -1) == 1)
    return like(spread(first * out_grad.numpy()[..., None], x.shape, window, stride, padding), x)
