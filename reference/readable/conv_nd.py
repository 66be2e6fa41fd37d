"""Convolution on any number of axes, with kernel dilation and groups, its transpose, and all gradients.

Every function here is one loop over the places of the kernel, with one line for each place: that line is the
whole mathematics. `reference.conv_nd` has the same functions in the form to run.

A kernel w has the shape (*K, C_in / groups, C_out), images x (N, *L, C_in). K and L have as many axes as you
like: one for sound, two for pictures, three for scans.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from reference.conv import pad
from reference.ndarray import NDArray, zeros


def per_axis(value: int | Sequence[int], axes: int) -> tuple[int, ...]:
    """A stride, a padding or a dilation with one number for each of `axes` axes; one int stands for all.

    ValueError for another number of numbers.
    """
    numbers = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(numbers) != axes:
        raise ValueError(f"expected an int or {axes} of them, one for each axis, not {value!r}")
    return numbers


def conv_length(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """The number of windows that fit on one axis, with the places of a window `dilation` pixels apart.

    `size` is the length of the axis, before `padding` zeros are put on either end. A window of `kernel`
    places covers dilation * (kernel - 1) + 1 pixels: with dilation 1 they are neighbors, with 2 a window
    skips every second pixel. ValueError for a stride, a kernel or a dilation below 1, a negative padding, and
    a window that covers more than the padded axis.
    """
    if min(stride, kernel, dilation) < 1 or padding < 0:
        raise ValueError(
            "stride, kernel and dilation must be at least 1 and padding at least 0, "
            f"not {stride}, {kernel}, {dilation} and {padding}"
        )
    extent = dilation * (kernel - 1) + 1
    if extent > size + 2 * padding:
        raise ValueError(f"a window that covers {extent} does not fit on {size} pixels padded by {padding}")
    return (size + 2 * padding - extent) // stride + 1


def conv_shape(
    x_shape: Sequence[int],
    w_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> tuple[int, ...]:
    """The shape (N, *L', C_out) of conv(x, w, ...), from the shapes of x and w.

    x: (N, *L, C_in), w: (*K, C_in / groups, C_out). ValueError for another number of axes, for channels that
    do not divide into groups, and wherever conv_length raises it.
    """
    axes = len(x_shape) - 2
    if axes < 1 or len(w_shape) != axes + 2:
        raise ValueError(
            f"x (N, *L, C_in) and w (*K, C_in / groups, C_out) have no shapes {x_shape} and {w_shape}"
        )
    if groups < 1 or x_shape[-1] != groups * w_shape[-2] or w_shape[-1] % groups:
        raise ValueError(f"channels of x {x_shape} and w {w_shape} do not divide into {groups} groups")
    lengths = map(
        conv_length,
        x_shape[1:-1],
        w_shape[:-2],
        per_axis(stride, axes),
        per_axis(padding, axes),
        per_axis(dilation, axes),
    )
    return (x_shape[0], *lengths, w_shape[-1])


def pixel_slices(
    place: Sequence[int], lengths: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> tuple[slice, ...]:
    """The pixels that one place of the kernel meets, as one slice for each axis of the padded image.

    On one axis, place a of the kernel meets the pixels s * i + d * a for the windows i = 0, ..., length - 1,
    where s is the stride, d the dilation, and length the number of windows. Each of the four arguments has
    one number for each axis. A slice has a stop, so that it has `length` elements and no more.
    """
    return tuple(
        slice(d * a, d * a + s * (length - 1) + 1, s)
        for a, length, s, d in zip(place, lengths, stride, dilation, strict=True)
    )


def conv(
    x: NDArray,
    w: NDArray,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> NDArray:
    """Convolve a batch of images with a set of kernels, on any number of axes.

    x: (N, *L, C_in), w: (*K, C_in / groups, C_out) -> (N, *L', C_out), all of one dtype; conv_shape gives L'.
    `stride`, `padding` and `dilation` are an int or have one number for each axis. With x' for the padded x,
    and on one axis,

        out[n, i, o] = sum over a, c of x'[n, s * i + d * a, first + c] * w[a, c, o]

    The channels are cut into `groups` equal parts, and an output channel sees only the input channels of its
    own part: those from `first` on, C_in / groups of them. x may be any view, and neither x nor w is
    modified. ValueError where conv_shape raises it.
    """
    axes = x.ndim - 2
    n, *lengths, c_out = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    s, p, d = (per_axis(value, axes) for value in (stride, padding, dilation))
    x = pad(x, ((0, 0), *zip(p, p, strict=True), (0, 0)))
    c, o = w.shape[-2], c_out // groups
    out = zeros((n, *lengths, c_out), x.device, x.dtype)
    for place in itertools.product(*map(range, w.shape[:-2])):
        pixels = x[(slice(None), *pixel_slices(place, lengths, s, d))]
        for g in range(groups):
            x_rows = pixels[..., g * c : (g + 1) * c].reshape((n * math.prod(lengths), c))
            product = x_rows @ w[place][:, g * o : (g + 1) * o]
            part = (..., slice(g * o, (g + 1) * o))
            out[part] = out[part] + product.reshape((n, *lengths, o))
    return out


def conv_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> NDArray:
    """The gradient of sum(out_grad * conv(x, w, ...)) with respect to x.

    out_grad: (N, *L', C_out), the shape of that conv; w: (*K, C_in / groups, C_out) -> x_shape (N, *L, C_in).
    It is the one array for which

        sum(conv(v, w, ...) * out_grad) == sum(v * x_grad)     for every v of shape x_shape

    ValueError if out_grad does not have the shape of the output, and wherever conv raises it.
    """
    axes = len(x_shape) - 2
    expected = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    n, *lengths, c_out = expected
    s, p, d = (per_axis(value, axes) for value in (stride, padding, dilation))
    c, o = w.shape[-2], c_out // groups
    padded = [length + 2 * edge for length, edge in zip(x_shape[1:-1], p, strict=True)]
    x_grad = zeros((n, *padded, x_shape[-1]), out_grad.device, out_grad.dtype)
    for place in itertools.product(*map(range, w.shape[:-2])):
        pixels = (slice(None), *pixel_slices(place, lengths, s, d))
        for g in range(groups):
            # conv reads the pixels that a place meets; its transpose adds to them.
            grad_rows = out_grad[..., g * o : (g + 1) * o].reshape((n * math.prod(lengths), o))
            product = grad_rows @ w[place][:, g * o : (g + 1) * o].permute((1, 0))
            part = (*pixels, slice(g * c, (g + 1) * c))
            x_grad[part] = x_grad[part] + product.reshape((n, *lengths, c))
    inner = tuple(slice(edge, edge + length) for edge, length in zip(p, x_shape[1:-1], strict=True))
    return x_grad[(slice(None), *inner)].compact()


def conv_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> NDArray:
    """The gradient of sum(out_grad * conv(x, w, ...)) with respect to w.

    x: (N, *L, C_in); out_grad: (N, *L', C_out), the shape of that conv -> w_shape (*K, C_in / groups, C_out).
    It is the one array for which

        sum(conv(x, v, ...) * out_grad) == sum(v * w_grad)     for every v of shape w_shape

    ValueError if out_grad does not have the shape of the output, and wherever conv raises it.
    """
    axes = x.ndim - 2
    expected = conv_shape(x.shape, w_shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    n, *lengths, c_out = expected
    s, p, d = (per_axis(value, axes) for value in (stride, padding, dilation))
    x = pad(x, ((0, 0), *zip(p, p, strict=True), (0, 0)))
    c, o = w_shape[-2], c_out // groups
    w_grad = zeros(w_shape, x.device, x.dtype)
    for place in itertools.product(*map(range, w_shape[:-2])):
        pixels = x[(slice(None), *pixel_slices(place, lengths, s, d))]
        for g in range(groups):
            x_rows = pixels[..., g * c : (g + 1) * c].reshape((n * math.prod(lengths), c))
            grad_rows = out_grad[..., g * o : (g + 1) * o].reshape((n * math.prod(lengths), o))
            w_grad[(*place, slice(None), slice(g * o, (g + 1) * o))] = x_rows.permute((1, 0)) @ grad_rows
    return w_grad


def transposed_length(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, output_padding: int = 0
) -> int:
    """The length of one axis after a transposed convolution, which usually makes it longer.

    It is the length n for which conv_length(n, kernel, stride, padding, dilation) == size. With stride s
    there are s such lengths: `output_padding` is added to the smallest of them, and is at least 0 and below
    s. ValueError for any other output_padding, for a size below 1, for a length below 1, and for the numbers
    that conv_length rejects.
    """
    if min(size, stride, kernel, dilation) < 1 or padding < 0:
        raise ValueError(
            "size, stride, kernel and dilation must be at least 1 and padding at least 0, "
            f"not {size}, {stride}, {kernel}, {dilation} and {padding}"
        )
    if not 0 <= output_padding < stride:
        raise ValueError(f"output_padding is at least 0 and below the stride {stride}, not {output_padding}")
    length = stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding + output_padding
    if length < 1:
        raise ValueError(f"padding {padding} leaves nothing of {size} pixels")
    return length


def transposed_shape(
    x_shape: Sequence[int],
    w_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    output_padding: int | Sequence[int] = 0,
) -> tuple[int, ...]:
    """The shape (N, *L', C_out) of conv_transpose(x, w, ...), from the shapes of x and w.

    x: (N, *L, C_in), w: (*K, C_out / groups, C_in). ValueError for another number of axes, for channels that
    do not divide into groups, and wherever transposed_length raises it.
    """
    axes = len(x_shape) - 2
    if axes < 1 or len(w_shape) != axes + 2:
        raise ValueError(
            f"x (N, *L, C_in) and w (*K, C_out / groups, C_in) have no shapes {x_shape} and {w_shape}"
        )
    if groups < 1 or x_shape[-1] != w_shape[-1] or w_shape[-1] % groups:
        raise ValueError(f"channels of x {x_shape} and w {w_shape} do not divide into {groups} groups")
    lengths = map(
        transposed_length,
        x_shape[1:-1],
        w_shape[:-2],
        per_axis(stride, axes),
        per_axis(padding, axes),
        per_axis(dilation, axes),
        per_axis(output_padding, axes),
    )
    return (x_shape[0], *lengths, groups * w_shape[-2])


def conv_transpose(
    x: NDArray,
    w: NDArray,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    output_padding: int | Sequence[int] = 0,
) -> NDArray:
    """The transpose of conv: it spreads each pixel over a window, and adds up where windows overlap.

    x: (N, *L, C_in), w: (*K, C_out / groups, C_in) -> (N, *L', C_out); transposed_shape gives L'. w is the
    kernel of the convolution that goes the other way, from C_out channels to C_in:

        sum(conv(v, w, ...) * x) == sum(v * conv_transpose(x, w, ...))     for every v of the result's shape

    `output_padding` chooses among the lengths that this conv maps to L. Windows may reach the last
    output_padding pixels of an axis, so these pixels need not be 0. ValueError where transposed_shape raises
    it.
    """
    # conv reads windows and writes pixels. Its gradient with respect to x reads pixels and writes windows, as
    # needed here.
    shape = transposed_shape(x.shape, w.shape, stride, padding, dilation, groups, output_padding)
    return conv_x_grad(x, w, shape, stride, padding, dilation, groups)


def conv_transpose_x_grad(
    out_grad: NDArray,
    w: NDArray,
    x_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    output_padding: int | Sequence[int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * conv_transpose(x, w, ...)) with respect to x.

    out_grad: (N, *L', C_out), the shape of that conv_transpose; w: (*K, C_out / groups, C_in) -> x_shape
    (N, *L, C_in). ValueError if out_grad does not have that shape, and wherever conv_transpose raises it.
    """
    expected = transposed_shape(x_shape, w.shape, stride, padding, dilation, groups, output_padding)
    if tuple(out_grad.shape) != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    # The transpose of a transpose is the map itself.
    return conv(out_grad, w, stride, padding, dilation, groups)


def conv_transpose_w_grad(
    x: NDArray,
    out_grad: NDArray,
    w_shape: Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    output_padding: int | Sequence[int] = 0,
) -> NDArray:
    """The gradient of sum(out_grad * conv_transpose(x, w, ...)) with respect to w.

    x: (N, *L, C_in); out_grad: (N, *L', C_out), the shape of that conv_transpose -> w_shape
    (*K, C_out / groups, C_in). ValueError if out_grad does not have that shape, and wherever
    conv_transpose raises it.
    """
    expected = transposed_shape(x.shape, w_shape, stride, padding, dilation, groups, output_padding)
    if tuple(out_grad.shape) != expected:
        raise ValueError(f"out_grad has shape {out_grad.shape}, but the output has shape {expected}")
    # In <conv(out_grad, w), x> the two arrays have changed places: the windows are cut from out_grad.
    return conv_w_grad(out_grad, x, w_shape, stride, padding, dilation, groups)
