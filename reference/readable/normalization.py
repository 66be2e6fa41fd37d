"""Batch and layer normalization with their gradients: one function, over different axes.

`reference.normalization` has the same functions in the form to run. The formulas are those of Ioffe and
Szegedy, "Batch Normalization" (2015), and of Ba, Kiros and Hinton, "Layer Normalization" (2016).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from reference.ndarray import NDArray, normalize_axes


def normalize(x: NDArray, axes: Sequence[int], eps: float = 1e-5) -> NDArray:
    """Shift and scale x so that over `axes` its mean is 0 and its variance nearly 1.

    x: any shape -> the same shape and dtype. Over the axes, m is the mean and v the variance, the mean of
    (x - m)^2, and the result is (x - m) / sqrt(v + eps). x may be any view and is not modified. IndexError
    for an axis out of range, ValueError for one that is named twice and for axes without an element.
    """
    n = math.prod(x.shape[axis] for axis in normalize_axes(axes, x.ndim, x.shape))
    if n == 0:
        raise ValueError(f"no mean: shape {x.shape} has no elements along axes {axes}")
    centered = x - x.sum(axes, keepdims=True) / n
    variance = (centered * centered).sum(axes, keepdims=True) / n
    return centered / (variance + eps) ** 0.5


def normalize_grad(out_grad: NDArray, x: NDArray, axes: Sequence[int], eps: float = 1e-5) -> NDArray:
    """The gradient of sum(out_grad * normalize(x, axes, eps)) with respect to x.

    out_grad and x have one shape -> that shape. Errors as for normalize, and ValueError for two shapes.
    """
    if out_grad.shape != x.shape:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {x.shape}")
    n = math.prod(x.shape[axis] for axis in normalize_axes(axes, x.ndim, x.shape))
    if n == 0:
        raise ValueError(f"no mean: shape {x.shape} has no elements along axes {axes}")
    centered = x - x.sum(axes, keepdims=True) / n
    scale = ((centered * centered).sum(axes, keepdims=True) / n + eps) ** 0.5
    normal = centered / scale
    # x reaches the result in three ways: by itself, through the mean, and through the variance. Adding a
    # constant to x changes no result, so the mean of the gradients is subtracted from them. Scaling x changes
    # no result either, so the component of the gradients along the result itself is subtracted, too.
    through_mean = out_grad.sum(axes, keepdims=True) / n
    through_scale = normal * ((out_grad * normal).sum(axes, keepdims=True) / n)
    return (out_grad - through_mean - through_scale) / scale


def batch_norm(x: NDArray, gamma: NDArray, beta: NDArray, eps: float = 1e-5) -> NDArray:
    """Normalize each channel over the batch and all pixels, as in training, then scale and shift it.

    x: (N, *L, C), where L may be empty; gamma, beta: (C,) -> the shape of x. ValueError for shapes that do
    not fit together and for a channel without an element.
    """
    if gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]:
        raise ValueError(f"gamma {gamma.shape} and beta {beta.shape} do not have the channels of x {x.shape}")
    return normalize(x, range(x.ndim - 1), eps) * gamma + beta


def batch_norm_grad(
    out_grad: NDArray, x: NDArray, gamma: NDArray, eps: float = 1e-5
) -> tuple[NDArray, NDArray, NDArray]:
    """The gradients of sum(out_grad * batch_norm(x, gamma, beta, eps)) with respect to x, gamma and beta.

    out_grad, x: (N, *L, C), gamma: (C,) -> x_grad (N, *L, C), gamma_grad (C,), beta_grad (C,). ValueError as
    for batch_norm.
    """
    if out_grad.shape != x.shape or gamma.shape != x.shape[-1:]:
        raise ValueError(f"out_grad {out_grad.shape} and gamma {gamma.shape} do not fit to x {x.shape}")
    pixels = range(x.ndim - 1)
    x_grad = normalize_grad(out_grad * gamma, x, pixels, eps)
    return x_grad, (out_grad * normalize(x, pixels, eps)).sum(pixels), out_grad.sum(pixels)


def layer_norm(x: NDArray, gamma: NDArray, beta: NDArray, eps: float = 1e-5) -> NDArray:
    """Normalize the channels of each pixel of each sample by themselves, then scale and shift each channel.

    x: (N, *L, C), where L may be empty; gamma, beta: (C,) -> the shape of x. No sample affects another one.
    ValueError for shapes that do not fit together, and if there is no channel.
    """
    if gamma.shape != x.shape[-1:] or beta.shape != x.shape[-1:]:
        raise ValueError(f"gamma {gamma.shape} and beta {beta.shape} do not have the channels of x {x.shape}")
    return normalize(x, (-1,), eps) * gamma + beta


def layer_norm_grad(
    out_grad: NDArray, x: NDArray, gamma: NDArray, eps: float = 1e-5
) -> tuple[NDArray, NDArray, NDArray]:
    """The gradients of sum(out_grad * layer_norm(x, gamma, beta, eps)) with respect to x, gamma and beta.

    out_grad, x: (N, *L, C), gamma: (C,) -> x_grad (N, *L, C), gamma_grad (C,), beta_grad (C,): gamma and beta
    are the same for every pixel of every sample. ValueError as for layer_norm.
    """
    if out_grad.shape != x.shape or gamma.shape != x.shape[-1:]:
        raise ValueError(f"out_grad {out_grad.shape} and gamma {gamma.shape} do not fit to x {x.shape}")
    pixels = range(x.ndim - 1)
    x_grad = normalize_grad(out_grad * gamma, x, (-1,), eps)
    return x_grad, (out_grad * normalize(x, (-1,), eps)).sum(pixels), out_grad.sum(pixels)
