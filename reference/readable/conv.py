"""Convolution and its two gradients in the form to read: the formula, then the steps that lead to it.

The handouts show these. `reference.conv` has the same three functions in the form to run, and a test holds
the two forms equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.conv import dilate, flip, output_shape, pad, pair
from reference.ndarray import NDArray


def conv(
    x: NDArray,
    w: NDArray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Convolve a batch of images with a set of kernels, as deep learning does: the kernel is not flipped.

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out) -> (N, H', W', C_out), all of one dtype, where
    H' = (H + 2 p_h - KH) // s_h + 1, and W' follows in the same way. `stride` (s_h, s_w) and `padding`
    (p_h, p_w) are an int or a pair (height, width). With x' for x between p_h rows and p_w columns of zeros
    on either side,

        out[n, i, j, o] = sum over a, b, c of x'[n, s_h * i + a, s_w * j + b, c] * w[a, b, c, o]

    x may be any view, and neither x nor w is modified. ValueError if the numbers C_in differ, a kernel is
    larger than the padded image, a stride is below 1, or a padding is negative.
    """
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    k_h, k_w, c_in, _ = w.shape
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))

    # im2col. Each output pixel looks at one window of x. A step to the next window is s steps of x, a step
    # inside it is one: two pairs of axes over the same memory, and no window is copied yet.
    image, row, column, channel = x.strides
    windows = x.as_strided(
        (n, out_h, out_w, k_h, k_w, c_in), (image, s_h * row, s_w * column, row, column, channel)
    )
    # A window and a kernel are now vectors in the same order (a, b, c), and the sum is a dot product: one
    # matrix product takes all of them. The reshape copies every window, K * K times the memory of x.
    k = k_h * k_w * c_in
    out = windows.reshape((n * out_h * out_w, k)) @ w.reshape((k, c_out))
    return out.reshape((n, out_h, out_w, c_out))


def conv_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Sequence[int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * conv(x, w, stride, padding)) with respect to x.

    out_grad: (N, H', W', C_out), the shape of that conv; w: (KH, KW, C_in, C_out); x_shape: (N, H, W, C_in)
    -> x_shape. conv is linear in x, so the result does not depend on x: it is the one array for which

        sum(conv(v, w, stride, padding) * out_grad) == sum(v * x_grad)     for every v of shape x_shape

    A pixel that no window covers has gradient 0. ValueError if out_grad does not have the shape of the
    output, and wherever conv raises it.
    """
    expected = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    _, height, width, _ = x_shape
    k_h, k_w, _, _ = w.shape

    # With stride 1 there would be a window at every position. Dilation fills the positions that the stride
    # skipped: a skipped window has gradient 0. The H + 2p - K + 1 positions end r after the last window,
    # r = (H + 2p - K) mod s, but dilation put s - 1 zeros there. So the cut removes s - 1 - r of them.
    out_grad = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    out_grad = out_grad[:, : height + 2 * p_h - k_h + 1, : width + 2 * p_w - k_w + 1, :]

    # Now as for stride 1: out[i] took x'[i + a] times w[a], so x'[y] gets out_grad[y - a] times w[a]. The
    # index of out_grad falls as a grows, so the kernel is flipped: the transpose of a correlation is a
    # correlation with the flipped kernel. The channels also trade places, as in dX = dZ W^T of a dense layer.
    transposed = flip(w, (0, 1)).permute((0, 1, 3, 2))

    # Pixel y of x is pixel y + p of x', which windows y + p - (K - 1) to y + p cover. For y = 0 they begin
    # K - 1 - p before the first window: so K - 1 - p zeros go in front of the gradient, and as many after it.
    # If p > K - 1, the number is negative, a crop: the outer windows saw only padding.
    edge_h, edge_w = k_h - 1 - p_h, k_w - 1 - p_w
    return conv(pad(out_grad, ((0, 0), (edge_h, edge_h), (edge_w, edge_w), (0, 0))), transposed)


def conv_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Sequence[int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * conv(x, w, stride, padding)) with respect to w.

    x: (N, H, W, C_in); out_grad: (N, H', W', C_out), the shape of that conv; w_shape: (KH, KW, C_in, C_out)
    -> w_shape. conv is linear in w, so the result does not depend on w: it is the one array for which

        sum(conv(x, v, stride, padding) * out_grad) == sum(v * w_grad)     for every v of shape w_shape

    ValueError if out_grad does not have the shape of the output, and wherever conv raises it.
    """
    expected = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    _, height, width, _ = x.shape
    k_h, k_w, _, _ = w_shape

    # As in conv_x_grad: the gradient that stride 1 would have given, zero at the windows it skipped.
    out_grad = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    out_grad = out_grad[:, : height + 2 * p_h - k_h + 1, : width + 2 * p_w - k_w + 1, :]

    # w[a] met x'[i + a] at every output i, so it gets the sum over i of x'[i + a] times out_grad[i]: a
    # correlation of x' with out_grad as the kernel. It sums over the images too, so N plays the role of the
    # input channels, and C_in the role of the batch: each input channel has its own result.
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))).permute((3, 1, 2, 0))
    w_grad = conv(x, out_grad.permute((1, 2, 0, 3)))  # (C_in, KH, KW, C_out)
    return w_grad.permute((1, 2, 0, 3))
