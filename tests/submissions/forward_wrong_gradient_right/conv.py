"""Convolution and its gradients. Write every function that raises NotImplementedError; see README.md."""

from collections.abc import Sequence

from ndarray import NDArray, normalize_axes, zeros


def pad(a: NDArray, padding: Sequence[tuple[int, int]]) -> NDArray:
    """Put zeros around an array, or cut its edges off.

    `padding` has one pair (low, high) for each axis: low zeros go before the first element and high zeros
    after the last; a negative number removes that many elements instead. An axis of length n becomes
    n + low + high, and on it out[i] = a[i - low] where a has such an element, else 0. The result is a new
    array of a's dtype, also where every number is 0. ValueError for another number of pairs than of axes,
    or where a length would become negative.
    """
    if len(padding) != a.ndim:
        raise ValueError(f"padding {padding} does not have one pair for each axis of shape {a.shape}")
    shape = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if any(n < 0 for n in shape):
        raise ValueError(f"padding {padding} cuts more off than shape {a.shape} has")
    # The elements that stay, as they are numbered in a; in out they are numbered `low` higher.
    stay = [(max(-low, 0), n + min(high, 0)) for n, (low, high) in zip(a.shape, padding, strict=True)]
    out = zeros(shape, a.device, a.dtype)
    if all(first < last for first, last in stay):
        inside = tuple(
            slice(first + low, last + low) for (first, last), (low, _) in zip(stay, padding, strict=True)
        )
        out[inside] = a[tuple(slice(first, last) for first, last in stay)]
    return out


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A stride or a padding as (height, width); one int stands for both. ValueError for three or more."""
    if isinstance(value, int):
        return value, value
    if len(value) != 2:
        raise ValueError(f"expected an int or a pair (height, width), not {value!r}")
    return value[0], value[1]


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """How many windows of length `kernel`, `stride` apart, fit on one axis of an image.

    `size` is the length of that axis, before `padding` zeros are put on either end. ValueError for a stride
    or a kernel below 1, a negative padding, and a kernel longer than the padded axis.
    """
    if stride < 1 or padding < 0:
        raise ValueError(f"stride must be at least 1 and padding at least 0, not {stride} and {padding}")
    if not 1 <= kernel <= size + 2 * padding:
        raise ValueError(f"a kernel of length {kernel} does not fit on {size} pixels padded by {padding}")
    return (size + 2 * padding - kernel) // stride + 1


def output_shape(
    x_shape: Sequence[int],
    w_shape: Sequence[int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[int, int, int, int]:
    """The shape (N, H', W', C_out) of conv(x, w, stride, padding), from the shapes of x and w.

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out). ValueError for other numbers of axes or different C_in,
    and whatever output_size refuses.
    """
    if len(x_shape) != 4 or len(w_shape) != 4 or x_shape[3] != w_shape[2]:
        raise ValueError(
            f"expected x (N, H, W, C_in) and w (KH, KW, C_in, C_out), not shapes {tuple(x_shape)} "
            f"and {tuple(w_shape)}"
        )
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    height = output_size(x_shape[1], w_shape[0], s_h, p_h)
    width = output_size(x_shape[2], w_shape[1], s_w, p_w)
    return x_shape[0], height, width, w_shape[3]


def conv(
    x: NDArray,
    w: NDArray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Convolve a batch of images with a set of kernels, as deep learning does: the kernel is not flipped.

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out) -> (N, H', W', C_out), all of one dtype, where
    H' = (H + 2 p_h - KH) // s_h + 1, and W' likewise. `stride` (s_h, s_w) and `padding` (p_h, p_w) are an
    int or a pair (height, width). With x' for x between p_h rows and p_w columns of zeros on either side,

        out[n, i, j, o] = sum over a, b, c of x'[n, s_h * i + a, s_w * j + b, c] * w[a, b, c, o]

    x may be any view, and neither x nor w is modified. ValueError where C_in differs, a kernel is larger
    than the padded image, a stride is below 1 or a padding is negative.
    """
    return correlate(x, flip(w, (0, 1)), stride, padding)  # as a convolution does in mathematics


def correlate(x, w, stride=1, padding=0):
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


def dilate(a: NDArray, axes: int | Sequence[int], dilation: int) -> NDArray:
    """Follow each element with `dilation` zeros, the last one too, along one axis or several.

    On each of the axes length n becomes n * (dilation + 1), and out[i * (dilation + 1)] = a[i]; every other
    element is 0. The result is a new array of a's dtype. A negative axis counts from the last. IndexError
    for an axis out of range, ValueError for one that is named twice and for a negative dilation.
    """
    if dilation < 0:
        raise ValueError(f"dilation is a number of zeros, not {dilation}")
    chosen = normalize_axes(axes, a.ndim)
    step = [dilation + 1 if axis in chosen else 1 for axis in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, step, strict=True)], a.device, a.dtype)
    out[tuple(slice(None, None, k) for k in step)] = a
    return out


def undilate(a: NDArray, axes: int | Sequence[int], dilation: int) -> NDArray:
    """Keep the first of every dilation + 1 elements along one axis or several.

    On each of the axes out[i] = a[i * (dilation + 1)]. This undoes dilate with the same axes and dilation.
    The result is a view: it shares a's memory. A negative axis counts from the last. IndexError for an axis
    out of range, ValueError for one that is named twice and for a negative dilation.
    """
    if dilation < 0:
        raise ValueError(f"dilation is a number of zeros, not {dilation}")
    chosen = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, dilation + 1 if axis in chosen else 1) for axis in range(a.ndim))]


def flip(a: NDArray, axes: int | Sequence[int]) -> NDArray:
    """Reverse the order of the elements along one axis or several: out[i] = a[n - 1 - i] on each of them.

    The shape stays as it is. The result is a view: it shares a's memory, and nothing is copied. A negative
    axis counts from the last. IndexError for an axis out of range, ValueError for one that is named twice.
    """
    chosen = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, -1 if axis in chosen else 1) for axis in range(a.ndim))]


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

    A pixel that no window covers has gradient 0. ValueError where out_grad does not have the shape of the
    output, and whatever conv refuses.
    """
    expected = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    _, height, width, _ = x_shape
    k_h, k_w, _, _ = w.shape

    # With stride 1 there would have been a window at every position. Dilation fills what the stride skipped:
    # a window that was not taken has gradient 0. The H + 2p - K + 1 positions end r after the last window
    # taken, r = (H + 2p - K) mod s, but dilation put s - 1 zeros there: the cut removes s - 1 - r of them.
    out_grad = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    out_grad = out_grad[:, : height + 2 * p_h - k_h + 1, : width + 2 * p_w - k_w + 1, :]

    # The transpose of a correlation is a correlation with the flipped kernel, and conv has flipped it once.
    transposed = w.permute((0, 1, 3, 2))

    # Pixel y of x is pixel y + p of x', which windows y + p - (K - 1) to y + p cover. For y = 0 they begin
    # K - 1 - p before the first window there is: so much zero gradient goes in front, and as much behind.
    # Where p > K - 1 the number is negative, a crop: the outer windows saw nothing but padding.
    edge_h, edge_w = k_h - 1 - p_h, k_w - 1 - p_w
    return correlate(pad(out_grad, ((0, 0), (edge_h, edge_h), (edge_w, edge_w), (0, 0))), transposed)


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

    ValueError where out_grad does not have the shape of the output, and whatever conv refuses.
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
    # correlation of x' with out_grad as the kernel. It sums over the images too, so here N plays the part of
    # the channels in, and C_in, of which each has a result of its own, that of the batch.
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0))).permute((3, 1, 2, 0))
    w_grad = correlate(x, out_grad.permute((1, 2, 0, 3)))  # (C_in, KH, KW, C_out)
    return flip(w_grad.permute((1, 2, 0, 3)), (0, 1))  # this is the gradient of the kernel that conv slides
