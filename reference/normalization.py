"""Batch and layer normalization with their gradients, in the form to run: in few passes over memory.

`reference.readable.normalization` says what the functions compute. Here the factors that are the same for
many elements are put together before they meet the elements, and a gradient normalizes x once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from reference.ndarray import NDArray, normalize_axes

Gradients = tuple[NDArray, NDArray, NDArray]


def normalize(x: NDArray, axes: Sequence[int], eps: float = 1e-5) -> NDArray:
    """`reference.readable.normalization.normalize`: any shape -> that shape."""
    centered, scale = _centered(x, axes, eps)
    return centered * scale


def normalize_grad(out_grad: NDArray, x: NDArray, axes: Sequence[int], eps: float = 1e-5) -> NDArray:
    """`reference.readable.normalization.normalize_grad`: two arrays of one shape -> that shape."""
    _check_out_grad(out_grad, x)
    centered, scale = _centered(x, axes, eps)
    return _x_grad(out_grad, centered * scale, axes, scale)


def batch_norm(x: NDArray, gamma: NDArray, beta: NDArray, eps: float = 1e-5) -> NDArray:
    """`reference.readable.normalization.batch_norm`: (N, *L, C) with gamma and beta (C,) -> (N, *L, C)."""
    _check_channels(x, gamma, beta)
    centered, scale = _centered(x, range(x.ndim - 1), eps)
    return centered * (scale * gamma) + beta


def batch_norm_grad(out_grad: NDArray, x: NDArray, gamma: NDArray, eps: float = 1e-5) -> Gradients:
    """`reference.readable.normalization.batch_norm_grad`: the gradients of x, gamma and beta."""
    _check_out_grad(out_grad, x)
    _check_channels(x, gamma)
    pixels = range(x.ndim - 1)
    centered, scale = _centered(x, pixels, eps)
    normal = centered * scale
    # The two sums that x's gradient needs are the gradients of gamma and beta.
    gamma_grad, beta_grad = (out_grad * normal).sum(pixels), out_grad.sum(pixels)
    n = x.size // max(x.shape[-1], 1)
    x_grad = (out_grad - beta_grad / n - normal * (gamma_grad / n)) * (scale * gamma)
    return x_grad, gamma_grad, beta_grad


def layer_norm(x: NDArray, gamma: NDArray, beta: NDArray, eps: float = 1e-5) -> NDArray:
    """`reference.readable.normalization.layer_norm`: (N, *L, C) with gamma and beta (C,) -> (N, *L, C)."""
    _check_channels(x, gamma, beta)
    centered, scale = _centered(x, (-1,), eps)
    return centered * scale * gamma + beta


def layer_norm_grad(out_grad: NDArray, x: NDArray, gamma: NDArray, eps: float = 1e-5) -> Gradients:
    """`reference.readable.normalization.layer_norm_grad`: the gradients of x, gamma and beta."""
    _check_out_grad(out_grad, x)
    _check_channels(x, gamma)
    pixels = range(x.ndim - 1)
    centered, scale = _centered(x, (-1,), eps)
    normal = centered * scale
    x_grad = _x_grad(out_grad * gamma, normal, (-1,), scale)
    return x_grad, (out_grad * normal).sum(pixels), out_grad.sum(pixels)


def _centered(x: NDArray, axes: Sequence[int], eps: float) -> tuple[NDArray, NDArray]:
    """x without its mean over the axes, and the factor for it."""
    n = math.prod(x.shape[axis] for axis in normalize_axes(axes, x.ndim, x.shape))
    if n == 0:
        raise ValueError(f"no mean: shape {x.shape} has no elements along axes {axes}")
    centered = x - x.sum(axes, keepdims=True) / n
    variance = (centered * centered).sum(axes, keepdims=True) / n
    return centered, (variance + eps) ** -0.5


def _x_grad(out_grad: NDArray, normal: NDArray, axes: Sequence[int], scale: NDArray) -> NDArray:
    n = max(normal.size // max(scale.size, 1), 1)
    mean = out_grad.sum(axes, keepdims=True) / n
    along = (out_grad * normal).sum(axes, keepdims=True) / n
    return (out_grad - mean - normal * along) * scale


def _check_out_grad(out_grad: NDArray, x: NDArray) -> None:
    if out_grad.shape != x.shape:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {x.shape}")


def _check_channels(x: NDArray, *of_channels: NDArray) -> None:
    if any(each.shape != x.shape[-1:] for each in of_channels):
        shapes = " and ".join(str(each.shape) for each in of_channels)
        raise ValueError(f"gamma and beta, {shapes}, do not have the channels of x {x.shape}")
