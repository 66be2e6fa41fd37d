"""The dense layer Z = X W and its two gradients."""

from __future__ import annotations

from reference.ndarray import NDArray


def dense(x: NDArray, w: NDArray) -> NDArray:
    """The dense layer Z = X W: z[n, o] = sum over i of x[n, i] * w[i, o].

    x: (N, I), w: (I, O) -> (N, O), all of one dtype. ValueError for shapes that do not fit together.
    """
    return x @ w


def dense_x_grad(out_grad: NDArray, w: NDArray) -> NDArray:
    """The gradient of sum(out_grad * dense(x, w)) with respect to x.

    out_grad: (N, O), w: (I, O) -> (N, I). ValueError for shapes that do not fit together.
    """
    # x[n, i] reaches z[n, o] through w[i, o] alone, so dX[n, i] = sum over o of dZ[n, o] * w[i, o]:
    # the sum now runs over the second axis of w, which is a product with the transpose.
    return out_grad @ w.permute((1, 0))


def dense_w_grad(x: NDArray, out_grad: NDArray) -> NDArray:
    """The gradient of sum(out_grad * dense(x, w)) with respect to w.

    x: (N, I), out_grad: (N, O) -> (I, O). ValueError for shapes that do not fit together.
    """
    # w[i, o] carries x[n, i] to z[n, o] for every sample n, so dW[i, o] = sum over n of x[n, i] * dZ[n, o].
    return x.permute((1, 0)) @ out_grad
