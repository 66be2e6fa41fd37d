"""Convolution of images with its gradients, in the form to run, and the rearrangements they are made of.

`reference.readable.conv` says what conv, conv_x_grad and conv_w_grad compute and derives them step by step; a
test checks that both forms agree. Here they are products of matrices. With the windows of x as the rows of a
matrix, out = im2col(x) @ w, w_grad = im2col(x)^T @ out_grad and x_grad = col2im(out_grad @ w^T). The matrix
is made block by block, so that it never exists as a whole with K * K times the size of x. A 1x1 kernel needs
no copy. On a CPU `reference.conv_as_products` copies only the columns of the windows, and multiplies them
while they are in the cache.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from reference import conv_as_products
from reference.in_place import add_into, multiply_into
from reference.ndarray import NDArray, Shape, check_device, common_dtype, empty, normalize_axes, zeros
from reference.sliding_windows import Axis, Box, Geometry, Pair, axes_of, boxes

ENOUGH_CHANNELS = 8
"""With fewer input channels, products for one phase of x_grad leave most of a vector register empty."""


def pad(a: NDArray, padding: Sequence[tuple[int, int]]) -> NDArray:
    """Put zeros around an array, or cut its edges off.

    `padding` has one pair (low, high) for each axis: low zeros go before the first element and high zeros
    after the last; a negative number removes that many elements instead. An axis of length n becomes
    n + low + high, and on it out[i] = a[i - low] where a has such an element, else 0. The result is a new
    array of a's dtype, even if every number is 0. ValueError if the numbers of pairs and axes differ, or if a
    length would become negative.
    """
    if len(padding) != a.ndim:
        raise ValueError(f"padding {padding} does not have one pair for each axis of shape {a.shape}")
    shape = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if min(shape, default=0) < 0:
        raise ValueError(f"padding {padding} cuts more off than shape {a.shape} has")
    out = zeros(shape, a.device, a.dtype)
    # The elements that stay are from `first` on in a, and from first + low on in out.
    first = [max(-low, 0) for low, _ in padding]
    stay = tuple(min(n, n + high) - i for n, (_, high), i in zip(a.shape, padding, first, strict=True))
    if min(stay, default=1) > 0:
        to = sum((i + low) * step for i, (low, _), step in zip(first, padding, out.strides, strict=True))
        source = a.offset + sum(i * step for i, step in zip(first, a.strides, strict=True))
        out.view(stay, out.strides, to)[...] = a.view(stay, a.strides, source)
    return out


def flip(a: NDArray, axes: int | Sequence[int]) -> NDArray:
    """Reverse the order of the elements along one axis or several: out[i] = a[n - 1 - i] on each of them.

    The shape stays as it is. The result is a view: it shares a's memory, and nothing is copied. A negative
    axis counts from the last. IndexError for an axis out of range, ValueError for one that is named twice.
    """
    numbers = normalize_axes(axes, a.ndim, a.shape)
    return a[tuple(slice(None, None, -1 if axis in numbers else 1) for axis in range(a.ndim))]


def dilate(a: NDArray, axes: int | Sequence[int], dilation: int) -> NDArray:
    """Put `dilation` zeros after each element, including the last, along one axis or several.

    On each of these axes, length n becomes n * (dilation + 1), and out[i * (dilation + 1)] = a[i]; every
    other element is 0. The result is a new array of a's dtype. A negative axis counts from the last.
    IndexError for an axis out of range, ValueError for one that is named twice and for a negative dilation.
    """
    if dilation < 0:
        raise ValueError(f"dilation is a number of zeros, not {dilation}")
    numbers = normalize_axes(axes, a.ndim, a.shape)
    step = [dilation + 1 if axis in numbers else 1 for axis in range(a.ndim)]
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
    numbers = normalize_axes(axes, a.ndim, a.shape)
    return a[tuple(slice(None, None, dilation + 1 if axis in numbers else 1) for axis in range(a.ndim))]


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A stride or a padding as (height, width); one int stands for both. ValueError for three or more."""
    if isinstance(value, int):
        return value, value
    if len(value) != 2:
        raise ValueError(f"expected an int or a pair (height, width), not {value!r}")
    return value[0], value[1]


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """The number of windows of length `kernel`, `stride` apart, that fit on one axis of an image.

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

    x: (N, H, W, C_in), w: (KH, KW, C_in, C_out). ValueError for other numbers of axes or different C_in, and
    wherever output_size raises it.
    """
    if len(x_shape) != 4 or len(w_shape) != 4 or x_shape[3] != w_shape[2]:
        raise ValueError(
            f"expected x (N, H, W, C_in) and w (KH, KW, C_in, C_out), not shapes {tuple(x_shape)} "
            f"and {tuple(w_shape)}"
        )
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    try:
        height = output_size(x_shape[1], w_shape[0], s_h, p_h)
        width = output_size(x_shape[2], w_shape[1], s_w, p_w)
    except ValueError as error:
        raise ValueError(f"no conv of x {tuple(x_shape)} and w {tuple(w_shape)}: {error}") from None
    return x_shape[0], height, width, w_shape[3]


def conv(
    x: NDArray,
    w: NDArray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """`reference.readable.conv.conv`: (N, H, W, C_in) with (KH, KW, C_in, C_out) -> (N, H', W', C_out)."""
    check_device(x, w)
    out_shape = output_shape(x.shape, w.shape, stride, padding)
    return correlate(x, w, out_shape, pair(stride), pair(padding))


def conv_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Sequence[int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """`reference.readable.conv.conv_x_grad`: (N, H', W', C_out) with (KH, KW, C_in, C_out) -> x_shape."""
    check_device(out_grad, w)
    check_out_grad(out_grad, output_shape(x_shape, w.shape, stride, padding))
    return correlate_x_grad(out_grad, w, tuple(x_shape), pair(stride), pair(padding))


def conv_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Sequence[int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """`reference.readable.conv.conv_w_grad`: (N, H, W, C_in) with (N, H', W', C_out) -> w_shape."""
    check_device(x, out_grad)
    check_out_grad(out_grad, output_shape(x.shape, w_shape, stride, padding))
    return correlate_w_grad(x, out_grad, tuple(w_shape), pair(stride), pair(padding))


def im2col(
    x: NDArray,
    kernel: tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """The windows of a batch of images as the rows of a matrix.

    x: (N, H, W, C), kernel (KH, KW) -> (N * H' * W', KH * KW * C), a new array: row (n, i, j) is the window
    that conv's out[n, i, j] sees, in the order of w, so that im2col(x) @ w.reshape((-1, C_out)) is conv's
    result. It has about KH * KW / (s_h * s_w) times the elements of x. ValueError as for conv.
    """
    n, out_h, out_w, _ = output_shape(x.shape, (*kernel, *x.shape[3:], 1), stride, padding)
    p_h, p_w = pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    return (
        windows(x, kernel, pair(stride)).copy().reshape((n * out_h * out_w, math.prod(kernel) * x.shape[3]))
    )


def col2im(
    columns: NDArray,
    x_shape: Sequence[int],
    kernel: tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> NDArray:
    """Sum, at each pixel, the numbers that the windows hold for it: the adjoint of im2col.

    columns: (N * H' * W', KH * KW * C), kernel (KH, KW) -> x_shape (N, H, W, C). For every v of that shape

        sum(im2col(v, kernel, stride, padding) * columns) == sum(v * col2im(columns, ...))

    Numbers that fall on the padding are dropped. ValueError for columns of another shape, and as for conv.
    """
    n, out_h, out_w, _ = output_shape(x_shape, (*kernel, *x_shape[3:], 1), stride, padding)
    _, height, width, channels = x_shape
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    expected = n * out_h * out_w, math.prod(kernel) * channels
    if columns.shape != expected:
        raise ValueError(f"columns have shape {columns.shape}, but im2col's result has shape {expected}")
    x = zeros((n, height + 2 * p_h, width + 2 * p_w, channels), columns.device, columns.dtype)
    target = windows(x, kernel, (s_h, s_w))
    add_windows(columns.reshape(target.shape), target, (s_h, s_w))
    return x[:, p_h : p_h + height, p_w : p_w + width].compact()


# The building blocks of the fast forms. Strides and paddings are pairs here, and shapes have been checked.


def check_out_grad(out_grad: NDArray, expected: tuple[int, ...]) -> None:
    """ValueError unless out_grad has the shape of the output."""
    if out_grad.shape != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")


def correlate(
    x: NDArray,
    w: NDArray,
    out_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> NDArray:
    """conv with a dilated kernel, in groups, and with a padding that may be negative, which is a crop."""
    k_h, k_w, c_in, c_out = w.shape
    out, w = empty(out_shape, x.device, common_dtype(x, w)), w.compact()
    geometry = (k_h, k_w), stride, padding, dilation
    if takes_strips(x, geometry, groups, k_h * k_w * c_in):
        conv_as_products.multiply(x.native(), axes_of(geometry), w.native(), groups, out.native())
    elif groups > 1:
        for ins, outs in channels(w.shape, groups):
            part = out[..., outs]
            part[...] = correlate(x[..., ins], w[..., outs], part.shape, *geometry[1:])
    else:
        matrix = w.reshape((k_h * k_w * c_in, c_out))
        for columns, rows in column_blocks(x, out, *geometry):
            multiply_into(columns, matrix, rows)
    return out


def correlate_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> NDArray:
    """conv_x_grad with a dilated kernel, in groups.

    Pixels a stride apart lie in the same places of their windows: they are of one phase. The gradient of a
    phase is out_grad, not dilated, correlated at stride 1 with these places in the opposite order.
    """
    (k_h, k_w, c_in, c_out), (s_h, s_w) = w.shape, stride
    geometry = (k_h, k_w), stride, padding, dilation
    axes = axes_of(geometry)
    strips = takes_strips(out_grad, geometry, groups, -(-k_h // s_h) * -(-k_w // s_w) * c_out // groups)
    phases = dilation == (1, 1) and groups == 1 and k_h >= s_h and k_w >= s_w and stride != (1, 1)
    if phases and not (strips and c_in >= ENOUGH_CHANNELS):
        return correlate_phases(out_grad, w, x_shape, stride, padding)
    if strips:
        x_grad = empty(x_shape, w.device, common_dtype(out_grad, w))
        conv_as_products.spread(out_grad.native(), axes, w.native(), groups, x_grad.native())
        return x_grad
    x_grad = empty(x_shape, w.device, common_dtype(out_grad, w))
    for first in itertools.product(range(s_h), range(s_w)):
        target = x_grad[(slice(None), *map(slice, first, x_shape[1:3], stride))]
        places, (rows, columns) = zip(*map(Axis.phase, axes, first), strict=True)
        if rows.kernel and columns.kernel and target.size:
            part = w[places].reshape((rows.kernel, columns.kernel, c_in, groups, c_out // groups))
            part = flip(part, (0, 1)).permute((0, 1, 4, 3, 2))
            part = part.reshape((rows.kernel, columns.kernel, c_out // groups, groups * c_in))
            edges, dilations = (-rows.start, -columns.start), (rows.dilation, columns.dilation)
            phase = correlate(out_grad, part, target.shape, (1, 1), edges, dilations, groups)
            if stride == (1, 1):
                return phase
            target[...] = phase
        else:
            target[...] = 0.0
    return x_grad


def correlate_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> NDArray:
    """conv_w_grad with a dilated kernel, in groups."""
    k_h, k_w, c_in, c_out = w_shape
    geometry = (k_h, k_w), stride, padding, dilation
    w_grad = zeros((k_h, k_w, c_in, c_out), x.device, common_dtype(x, out_grad))
    if takes_strips(x, geometry, groups, 0):
        upstream = out_grad.compact().native()
        conv_as_products.multiply_transposed(x.native(), axes_of(geometry), upstream, groups, w_grad.native())
    elif groups > 1:
        for ins, outs in channels(w_shape, groups):
            part = w_grad[..., outs]
            part[...] = correlate_w_grad(x[..., ins], out_grad[..., outs], part.shape, *geometry[1:])
    else:
        matrix = w_grad.reshape((k_h * k_w * c_in, c_out))
        for columns, rows in column_blocks(x, out_grad, *geometry):
            multiply_into(columns.permute((1, 0)), rows, matrix, add=True)
    return w_grad


def correlate_phases(out_grad: NDArray, w: NDArray, x_shape: Shape, stride: Pair, padding: Pair) -> NDArray:
    """conv_x_grad as one correlation, also with a stride, without a zero between the gradients.

    Pixels of x a stride apart see the same elements of the kernel: they are of one phase. Each phase is a
    correlation of out_grad, not dilated, with its share of the flipped kernel. All s_h * s_w phases are
    computed at once, as the channels of one result, and then laid out as pixels.
    """
    (k_h, k_w, c_in, c_out), (s_h, s_w), (n, height, width, _) = w.shape, stride, x_shape
    # Pixel s * m + r of x gets its gradients from the places m + first, ..., m + last of out_grad, where the
    # kernel element r + p - s * (first + j) has met it: a range of s * taps elements, zero outside w.
    first = [-(-(p - k + 1) // s) for p, k, s in zip(padding, (k_h, k_w), stride, strict=True)]
    last = [(p + s - 1) // s for p, s in zip(padding, stride, strict=True)]
    t_h, t_w = (b - a + 1 for a, b in zip(first, last, strict=True))
    (low_h, high_h), (low_w, high_w) = (
        (s * b - p, p - s * a + s - k)
        for a, b, p, k, s in zip(first, last, padding, (k_h, k_w), stride, strict=True)
    )
    share = pad(w, ((low_h, high_h), (low_w, high_w), (0, 0), (0, 0)))
    share = flip(share.reshape((t_h, s_h, t_w, s_w, c_in, c_out)), (0, 2)).permute((0, 2, 5, 1, 3, 4))
    rows, columns = -(-height // s_h), -(-width // s_w)
    phases = correlate(
        out_grad,
        share.reshape((t_h, t_w, c_out, s_h * s_w * c_in)),
        (n, rows, columns, s_h * s_w * c_in),
        (1, 1),
        (-first[0], -first[1]),
    )
    pixels = phases.reshape((n, rows, columns, s_h, s_w, c_in)).permute((0, 1, 3, 2, 4, 5))
    return pixels.reshape((n, rows * s_h, columns * s_w, c_in))[:, :height, :width].compact()


def channels(w_shape: Shape, groups: int) -> list[tuple[slice, slice]]:
    """The input channels and the output channels of each group."""
    c, o = w_shape[2], w_shape[3] // groups
    return [(slice(g * c, (g + 1) * c), slice(g * o, (g + 1) * o)) for g in range(groups)]


def takes_strips(x: NDArray, geometry: Geometry, groups: int, terms: int) -> bool:
    """Whether `reference.conv_as_products` is fastest: on a CPU, for sums of not too many terms.

    A product of whole matrices is faster if it needs no copy.
    """
    copies = groups > 1 or geometry[:3] != ((1, 1), (1, 1), (0, 0))
    return x.device.is_host and copies and (groups > 1 or terms <= conv_as_products.MOST_TERMS)


def column_blocks(
    x: NDArray, out: NDArray, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Iterator[tuple[NDArray, NDArray]]:
    """The rows of im2col(x), a block at a time, each with the rows of `out` that it is for.

    For a 1x1 kernel they can be a view of x, and nothing is copied.
    """
    elements, block = max(math.prod(kernel), math.prod(stride)) * x.shape[3], x.device.ops.BLOCK
    for box in boxes(out.shape[:3], elements, block if elements == x.shape[3] else block // 4):
        pixels = region(x, box, kernel, stride, padding, dilation)
        yield as_rows(windows(pixels, kernel, stride, dilation)), as_rows(out[box])


def region(x: NDArray, box: Box, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> NDArray:
    """The part of the padded images that the windows of a box cover: a view if it has no padding."""
    images, *places = box
    (top, bottom), (left, right) = map(Axis.pixels, axes_of((kernel, stride, padding, dilation)), places)
    n, height, width, _ = x.shape
    if top >= 0 and left >= 0 and bottom <= height and right <= width:
        return x[images, top:bottom, left:right]
    of_images = (-images.start, images.stop - n)
    return pad(x, (of_images, (-top, bottom - height), (-left, right - width), (0, 0)))


def windows(x: NDArray, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> NDArray:
    """All windows of x, as a view (N, H', W', KH, KW, C): they share the elements where they overlap."""
    (k_h, k_w), (s_h, s_w), (d_h, d_w) = kernel, stride, dilation
    n, height, width, channels = x.shape
    image, row, column, channel = x.strides
    return x.as_strided(
        (
            *(n, (height - d_h * (k_h - 1) - 1) // s_h + 1, (width - d_w * (k_w - 1) - 1) // s_w + 1),
            *(k_h, k_w, channels),
        ),
        (image, s_h * row, s_w * column, d_h * row, d_w * column, channel),
    )


def add_windows(values: NDArray, target: NDArray, stride: Pair) -> None:
    """Add values (N, H', W', KH, KW, C) to `windows` of an array, where several may meet in one element."""
    # Two kernel elements less than a stride apart never meet, so these can be added at once: a tile of the
    # kernel, at most a stride high and wide.
    (s_h, s_w), (k_h, k_w) = stride, values.shape[3:5]
    for a, b in itertools.product(range(0, k_h, s_h), range(0, k_w, s_w)):
        tile = (..., slice(a, a + s_h), slice(b, b + s_w), slice(None))
        add_into(values[tile], target[tile])


def as_rows(a: NDArray) -> NDArray:
    """(N, H', W', ...) as a matrix with a row for each pixel: a view where it can be one."""
    return a.reshape((math.prod(a.shape[:3]), math.prod(a.shape[3:])))
