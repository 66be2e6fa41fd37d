"""The dense layer, ReLU and the softmax cross-entropy, each with its gradient."""

from __future__ import annotations

from collections.abc import Sequence

from reference.ndarray import NDArray


def dense(x: NDArray, w: NDArray, b: NDArray | None = None) -> NDArray:
    """The dense layer Z = X W + b: z[n, o] = sum over i of x[n, i] * w[i, o], plus b[o].

    x: (N, I), one sample a row; w: (I, O); b: (O,), or None for a layer without a bias -> (N, O), all of one
    dtype. Every sample gets the same b. ValueError for shapes that do not fit together, and for a b of any
    other shape than (O,), even if it broadcasts.
    """
    z = x @ w
    if b is None:
        return z
    if b.shape != w.shape[1:]:
        raise ValueError(f"b has shape {b.shape}, not {w.shape[1:]}: one number for each output")
    return z + b


def dense_x_grad(out_grad: NDArray, w: NDArray) -> NDArray:
    """The gradient of sum(out_grad * dense(x, w)) with respect to x.

    out_grad: (N, O), w: (I, O) -> (N, I). The layer is linear in x, so the result does not depend on x.
    w may be any view. ValueError for shapes that do not fit together.
    """
    # x[n, i] reaches z[n, o] through w[i, o] alone, so dX[n, i] = sum over o of dZ[n, o] * w[i, o]:
    # the sum now runs over the second axis of w, which is a product with the transpose.
    return out_grad @ w.permute((1, 0))


def dense_w_grad(x: NDArray, out_grad: NDArray) -> NDArray:
    """The gradient of sum(out_grad * dense(x, w)) with respect to w.

    x: (N, I), out_grad: (N, O) -> (I, O). All samples use the same w, and their contributions add up: a sum
    over the batch, not a mean. x may be any view. ValueError for shapes that do not fit together.
    """
    # w[i, o] carries x[n, i] to z[n, o] for every sample n, so dW[i, o] = sum over n of x[n, i] * dZ[n, o].
    return x.permute((1, 0)) @ out_grad


def dense_b_grad(out_grad: NDArray) -> NDArray:
    """The gradient of sum(out_grad * dense(x, w, b)) with respect to b.

    out_grad: (N, O) -> (O,).
    """
    # b[o] was added to z[n, o] for every sample n, each time with weight 1.
    return out_grad.sum(axis=0)


def unbroadcast(grad: NDArray, shape: Sequence[int]) -> NDArray:
    """The gradient of sum(grad * a.broadcast_to(grad.shape)) with respect to an array `a` of shape `shape`.

    Broadcasting copies: it puts new axes in front and stretches axes of length 1. Each element of the result
    is the sum of `grad` over all copies of that element of `a`, so that

        sum(grad * v.broadcast_to(grad.shape)) == sum(unbroadcast(grad, shape) * v)     for every v of `shape`

    `shape` may be () and may be the shape that grad has; any length may be 0; grad may be any view.
    ValueError if `shape` does not broadcast to the shape of grad.
    """
    new_axes = grad.ndim - len(shape)
    if new_axes < 0 or any(m not in (1, n) for n, m in zip(grad.shape[new_axes:], shape, strict=True)):
        raise ValueError(f"shape {tuple(shape)} does not broadcast to the gradient's shape {grad.shape}")
    # Shapes are aligned at their last axes. An element is repeated along every new axis and along every axis
    # of length 1.
    copied = [*range(new_axes), *(new_axes + axis for axis, m in enumerate(shape) if m == 1)]
    return grad.sum(copied, keepdims=True).reshape(shape)


def relu(a: NDArray) -> NDArray:
    """The rectified linear unit: a where a is positive, else 0; of any shape."""
    return a.maximum(0.0)


def relu_grad(out_grad: NDArray, a: NDArray) -> NDArray:
    """The gradient of sum(out_grad * relu(a)) with respect to a.

    out_grad and a have one shape -> the same shape. ReLU has no derivative at exactly 0; there the gradient
    is 0 by convention. ValueError if the shapes differ, even if they broadcast.
    """
    if out_grad.shape != a.shape:
        raise ValueError(f"out_grad has shape {out_grad.shape} and a {a.shape}: they must be the same")
    blocked = -a >= 0.0  # 1 where a <= 0
    return out_grad * (1.0 - blocked)


def softmax(logits: NDArray) -> NDArray:
    """The softmax of each row: out[n, c] = exp(logits[n, c]) / sum over k of exp(logits[n, k]).

    logits: (N, C), one sample a row -> (N, C), positive numbers that add up to 1 in every row. Logits of any
    size give a finite result: nothing overflows, and no row is 0 / 0. C is at least 1.
    """
    # A constant subtracted from a row cancels in the fraction. With the row's maximum subtracted no exponent
    # is positive, so nothing overflows, and one of them is 0, so that the sum is at least 1.
    powers = (logits - logits.max(axis=1, keepdims=True)).exp()
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(logits: NDArray, labels: NDArray) -> NDArray:
    """The softmax cross-entropy, -log(softmax(logits)[n, right class of n]), as a mean over the samples n.

    logits: (N, C); labels: (N, C), each row one-hot: 1 at the right class, 0 elsewhere -> an array without
    axes. Logits of any size give a finite result: log is never taken of 0. N and C are at least 1.
    ValueError if the shapes differ.
    """
    if logits.shape != labels.shape:
        raise ValueError(f"logits have shape {logits.shape} and labels {labels.shape}: they must be the same")
    # -log(exp(z_y) / sum of exp(z)) = log(sum of exp(z)) - z_y. As in softmax, the maximum is taken out of
    # the sum. Here it returns after the logarithm: log(sum of exp(z - m)) + m.
    largest = logits.max(axis=1, keepdims=True)
    log_sums = (logits - largest).exp().sum(axis=1, keepdims=True).log() + largest
    return ((log_sums - logits) * labels).sum() / logits.shape[0]


def cross_entropy_grad(logits: NDArray, labels: NDArray) -> NDArray:
    """The gradient of cross_entropy(logits, labels) with respect to logits.

    logits: (N, C); labels: (N, C), one-hot -> (N, C). ValueError if the shapes differ.
    """
    if logits.shape != labels.shape:
        raise ValueError(f"logits have shape {logits.shape} and labels {labels.shape}: they must be the same")
    # log(sum of exp(z)) has the derivative exp(z_c) / sum of exp(z) = softmax, and z_y has the one-hot label.
    return (softmax(logits) - labels) / logits.shape[0]
