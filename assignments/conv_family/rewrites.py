"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import functools
import itertools
import math

import numpy as np
from ndarray import array

# `solution` is the solution as it is rendered from the templates.
from solution import (
    conv,
    conv_shape,
    conv_w_grad,
    conv_x_grad,
    original,
    pad,
    per_axis,
    transposed_length,
    transposed_shape,
    zeros,
)

from grader.model.mutant import rewrite


def like(values, a):
    """The values as an array with a's device and dtype."""
    return array(np.ascontiguousarray(values), a.device, a.dtype)


def numbers(axes, *values):
    """Each of the values as a tuple with a number for each axis."""
    return [per_axis(value, axes) for value in values]


def padded(values, p):
    """A NumPy array (N, *L, C) between zeros."""
    return pad(array(values), ((0, 0), *((edge, edge) for edge in p), (0, 0))).numpy()


def windows_of(values, kernel, s, d):
    """All windows of a padded NumPy array, (N, *L', *K, C), gathered with index arrays."""
    for axis, (k, step, apart) in enumerate(zip(kernel, s, d, strict=True)):
        count = (values.shape[1 + axis] - apart * (k - 1) - 1) // step + 1
        places = np.arange(count)[:, None] * step + np.arange(k) * apart
        values = np.moveaxis(np.take(values, places, 1 + axis), 2 + axis, -2)
    return values


# conv_length


@rewrite(of="conv_length")
def length_by_counting(size, kernel, stride=1, padding=0, dilation=1):
    """Counts the windows one by one."""
    if stride < 1 or kernel < 1 or dilation < 1 or padding < 0:
        raise ValueError((size, kernel, stride, padding, dilation))
    count, last = 0, dilation * (kernel - 1)
    while last < size + 2 * padding:
        count, last = count + 1, last + stride
    if count == 0:
        raise ValueError((size, kernel, stride, padding, dilation))
    return count


@rewrite(of="conv_length")
def length_of_a_range(size, kernel, stride=1, padding=0, dilation=1):
    """The length of the range of starts."""
    if min(stride, kernel, dilation) < 1 or padding < 0:
        raise ValueError((size, kernel, stride, padding, dilation))
    starts = range(0, size + 2 * padding - dilation * (kernel - 1), stride)
    if not starts:
        raise ValueError((size, kernel, stride, padding, dilation))
    return len(starts)


# pixel_slices


@rewrite(of="pixel_slices")
def pixels_up_to_the_next_window(place, lengths, stride, dilation):
    """A slice stops where the next window's pixel would be."""
    ends = zip(place, lengths, stride, dilation, strict=True)
    return tuple(slice(d * a, d * a + s * length, s) for a, length, s, d in ends)


@rewrite(of="pixel_slices")
def pixels_of_ranges(place, lengths, stride, dilation):
    """Writes the range of pixels down, and makes a slice of its ends."""
    slices = []
    for axis, a in enumerate(place):
        first = a * dilation[axis]
        pixels = [first + i * stride[axis] for i in range(lengths[axis])]
        slices.append(slice(pixels[0], pixels[-1] + 1, stride[axis]))
    return tuple(slices)


# conv


@rewrite(of="conv")
def conv_by_windows(x, w, stride=1, padding=0, dilation=1, groups=1):
    """im2col: all windows at once, and a product for each group."""
    axes = x.ndim - 2
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    s, p, d = numbers(axes, stride, padding, dilation)
    windows, kernels = windows_of(padded(x.numpy(), p), w.shape[:-2], s, d), w.numpy()
    c, o = w.shape[-2], w.shape[-1] // groups
    parts = []
    for g in range(groups):
        rows = windows[..., g * c : (g + 1) * c].reshape(math.prod(shape[:-1]), -1)
        parts.append(rows @ kernels[..., g * o : (g + 1) * o].reshape(-1, o))
    return like(np.concatenate(parts, -1).reshape(shape), x)


@rewrite(of="conv")
def conv_of_a_dilated_kernel(x, w, stride=1, padding=0, dilation=1, groups=1):
    """Puts zeros between the places of the kernel, and zeros between the groups of channels."""
    axes = x.ndim - 2
    conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    (d,) = numbers(axes, dilation)
    kernels, c, o = w.numpy(), w.shape[-2], w.shape[-1] // groups
    wide = np.zeros(
        (*(step * (k - 1) + 1 for step, k in zip(d, w.shape[:-2], strict=True)), x.shape[-1], w.shape[-1]),
        kernels.dtype,
    )
    places = tuple(slice(None, None, step) for step in d)
    for g in range(groups):
        ins, outs = slice(g * c, (g + 1) * c), slice(g * o, (g + 1) * o)
        wide[(*places, ins, outs)] = kernels[..., outs]
    return original(x, like(wide, w), stride, padding)


@rewrite(of="conv")
def conv_in_double_precision(x, w, stride=1, padding=0, dilation=1, groups=1):
    """All sums are in float64."""
    wide = array(x.numpy(), x.device, "float64"), array(w.numpy(), w.device, "float64")
    return like(original(*wide, stride, padding, dilation, groups).numpy(), x)


@rewrite(of="conv")
def conv_image_by_image(x, w, stride=1, padding=0, dilation=1, groups=1):
    """One image after the other, and one group after the other."""
    c, o = w.shape[-2], w.shape[-1] // groups
    out = zeros(conv_shape(x.shape, w.shape, stride, padding, dilation, groups), x.device, x.dtype)
    for n, g in itertools.product(range(x.shape[0]), range(groups)):
        image, part = x[n : n + 1, ..., g * c : (g + 1) * c], w[..., g * o : (g + 1) * o]
        out[n : n + 1, ..., g * o : (g + 1) * o] = original(image, part, stride, padding, dilation)
    return out


# conv_x_grad


@rewrite(of="conv_x_grad")
def x_grad_by_add_at(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """Spreads windows with numpy.add.at, group after group."""
    axes = len(x_shape) - 2
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != shape:
        raise ValueError(out_grad.shape)
    s, p, d = numbers(axes, stride, padding, dilation)
    c, o, given, kernels = w.shape[-2], w.shape[-1] // groups, out_grad.numpy(), w.numpy()
    big = np.zeros(
        (x_shape[0], *(n + 2 * e for n, e in zip(x_shape[1:-1], p, strict=True)), x_shape[-1]), given.dtype
    )
    for g, place in itertools.product(range(groups), itertools.product(*map(range, w.shape[:-2]))):
        outs, ins = np.arange(g * o, (g + 1) * o), np.arange(g * c, (g + 1) * c)
        at = [
            np.arange(n) * step + a * apart
            for n, step, a, apart in zip(shape[1:-1], s, place, d, strict=True)
        ]
        np.add.at(big, np.ix_(np.arange(shape[0]), *at, ins), given[..., outs] @ kernels[place][:, outs].T)
    return like(big[(slice(None), *(slice(e, e + n) for e, n in zip(p, x_shape[1:-1], strict=True)))], w)


@rewrite(of="conv_x_grad")
def x_grad_by_a_turned_kernel(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """Puts zeros between the gradients, and convolves with the flipped kernel."""
    axes = len(x_shape) - 2
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != shape:
        raise ValueError(out_grad.shape)
    s, p, d = numbers(axes, stride, padding, dilation)
    o, given = w.shape[-1] // groups, out_grad.numpy()
    reach = [apart * (k - 1) for apart, k in zip(d, w.shape[:-2], strict=True)]
    # A window at every position; those that the stride skipped have gradient 0.
    positions = [n + 2 * e - r for n, e, r in zip(x_shape[1:-1], p, reach, strict=True)]
    wide = np.zeros(
        (shape[0], *(n + 2 * r for n, r in zip(positions, reach, strict=True)), shape[-1]), given.dtype
    )
    taken = (slice(r, r + step * (n - 1) + 1, step) for r, step, n in zip(reach, s, shape[1:-1], strict=True))
    wide[(slice(None), *taken)] = given
    back = w.numpy()[tuple(slice(None, None, -1) for _ in range(axes))].swapaxes(-1, -2)  # *K, C_out, c
    back = np.concatenate([back[..., g * o : (g + 1) * o, :] for g in range(groups)], -1)  # *K, o, C_in
    full = conv(like(wide, w), like(back, w), 1, 0, dilation, groups).numpy()
    return like(full[(slice(None), *(slice(e, e + n) for e, n in zip(p, x_shape[1:-1], strict=True)))], w)


@rewrite(of="conv_x_grad")
def x_grad_group_by_group(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    """The gradient of each group by itself, put side by side."""
    if tuple(out_grad.shape) != conv_shape(x_shape, w.shape, stride, padding, dilation, groups):
        raise ValueError(out_grad.shape)
    o, of_group = w.shape[-1] // groups, (*x_shape[:-1], w.shape[-2])
    parts = [
        original(
            out_grad[..., g * o : (g + 1) * o],
            w[..., g * o : (g + 1) * o],
            of_group,
            stride,
            padding,
            dilation,
        )
        for g in range(groups)
    ]
    return like(np.concatenate([part.numpy() for part in parts], -1), w)


# conv_w_grad


@rewrite(of="conv_w_grad")
def w_grad_by_windows(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """im2col, transposed, times the gradients, group after group."""
    axes = x.ndim - 2
    shape = conv_shape(x.shape, w_shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != shape:
        raise ValueError(out_grad.shape)
    s, p, d = numbers(axes, stride, padding, dilation)
    windows, given = windows_of(padded(x.numpy(), p), w_shape[:-2], s, d), out_grad.numpy()
    c, o = w_shape[-2], w_shape[-1] // groups
    parts = []
    for g in range(groups):
        rows = windows[..., g * c : (g + 1) * c].reshape(math.prod(shape[:-1]), -1)
        parts.append(rows.T @ given[..., g * o : (g + 1) * o].reshape(-1, o))
    return like(np.concatenate([part.reshape(*w_shape[:-1], o) for part in parts], -1), x)


@rewrite(of="conv_w_grad")
def w_grad_image_by_image(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    """Adds up the gradients of the images, from the last one on."""
    if tuple(out_grad.shape) != conv_shape(x.shape, w_shape, stride, padding, dilation, groups):
        raise ValueError(out_grad.shape)
    images = reversed(range(x.shape[0]))
    parts = (
        original(x[n : n + 1], out_grad[n : n + 1], w_shape, stride, padding, dilation, groups)
        for n in images
    )
    return functools.reduce(lambda left, right: left + right, parts)


# transposed_length


def checked(size, kernel, stride, padding, dilation, output_padding):
    """ValueError for numbers that transposed_length refuses."""
    if min(size, stride, kernel, dilation) < 1 or padding < 0 or not 0 <= output_padding < stride:
        raise ValueError((size, kernel, stride, padding, dilation, output_padding))


@rewrite(of="transposed_length")
def transposed_length_by_search(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    """Tries lengths from 1 on, until one has the given number of windows."""
    checked(size, kernel, stride, padding, dilation, output_padding)
    if stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding + output_padding < 1:
        raise ValueError((size, kernel, padding))
    length = 1 - 2 * padding
    while (length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 < size:
        length += 1
    return length + output_padding


@rewrite(of="transposed_length")
def transposed_length_of_copies(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    """The end of the last copy of the kernel, minus the padding at both ends."""
    checked(size, kernel, stride, padding, dilation, output_padding)
    last = max(i * stride + a * dilation for i in range(size) for a in range(kernel))
    length = last + 1 - padding - padding + output_padding
    if length < 1:
        raise ValueError((size, kernel, padding))
    return length


# conv_transpose and its gradients


@rewrite(of="conv_transpose")
def transpose_of_copies(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """Puts a copy of the kernel into the result for each pixel, one after the other."""
    axes = x.ndim - 2
    shape = transposed_shape(x.shape, w.shape, stride, padding, dilation, groups, output_padding)
    s, p, d = numbers(axes, stride, padding, dilation)
    values, kernels, i = x.numpy(), w.numpy(), x.shape[-1] // groups
    reach = [apart * (k - 1) + 1 for apart, k in zip(d, w.shape[:-2], strict=True)]
    lengths = [n + 2 * edge for n, edge in zip(shape[1:-1], p, strict=True)]
    out = np.zeros((shape[0], *lengths, shape[-1]), values.dtype)
    for pixel in np.ndindex(*x.shape[1:-1]):
        at = tuple(
            slice(step * n, step * n + r, apart) for n, step, r, apart in zip(pixel, s, reach, d, strict=True)
        )
        for g in range(groups):
            ins = slice(g * i, (g + 1) * i)
            copies = np.einsum("...ci,ni->n...c", kernels[..., ins], values[(slice(None), *pixel, ins)])
            c = w.shape[-2]
            out[(slice(None), *at, slice(g * c, (g + 1) * c))] += copies
    return like(out[(slice(None), *(slice(e, e + n) for e, n in zip(p, shape[1:-1], strict=True)))], x)


@rewrite(of="conv_transpose")
def transpose_image_by_image(x, w, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    """The gradient of a convolution, one image after the other."""
    axes = x.ndim - 2
    lengths = map(
        transposed_length,
        x.shape[1:-1],
        w.shape[:-2],
        *numbers(axes, stride, padding, dilation, output_padding),
    )
    transposed_shape(x.shape, w.shape, stride, padding, dilation, groups, output_padding)
    of_image = (1, *lengths, w.shape[-2] * groups)
    out = zeros((x.shape[0], *of_image[1:]), x.device, x.dtype)
    for n in range(x.shape[0]):
        out[n : n + 1] = conv_x_grad(x[n : n + 1], w, of_image, stride, padding, dilation, groups)
    return out


@rewrite(of="conv_transpose_x_grad")
def transposed_x_grad_by_windows(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Gathers the windows of out_grad, and multiplies them by the kernel."""
    axes = len(x_shape) - 2
    shape = transposed_shape(x_shape, w.shape, stride, padding, dilation, groups, output_padding)
    if tuple(out_grad.shape) != shape:
        raise ValueError(out_grad.shape)
    s, p, d = numbers(axes, stride, padding, dilation)
    windows, kernels = windows_of(padded(out_grad.numpy(), p), w.shape[:-2], s, d), w.numpy()
    c, i = w.shape[-2], w.shape[-1] // groups
    parts = [
        windows[..., g * c : (g + 1) * c].reshape(math.prod(x_shape[:-1]), -1)
        @ kernels[..., g * i : (g + 1) * i].reshape(-1, i)
        for g in range(groups)
    ]
    return like(np.concatenate(parts, -1).reshape(x_shape), w)


@rewrite(of="conv_transpose_x_grad")
def transposed_x_grad_in_double_precision(
    out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """A convolution in float64, rounded once."""
    if tuple(out_grad.shape) != transposed_shape(
        x_shape, w.shape, stride, padding, dilation, groups, output_padding
    ):
        raise ValueError(out_grad.shape)
    wide = (array(a.numpy(), a.device, "float64") for a in (out_grad, w))
    return like(conv(*wide, stride, padding, dilation, groups).numpy(), w)


@rewrite(of="conv_transpose_w_grad")
def transposed_w_grad_by_places(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """For each place the pixels of out_grad that it meets, transposed, times x."""
    axes = x.ndim - 2
    if tuple(out_grad.shape) != transposed_shape(
        x.shape, w_shape, stride, padding, dilation, groups, output_padding
    ):
        raise ValueError(out_grad.shape)
    s, p, d = numbers(axes, stride, padding, dilation)
    windows, values = windows_of(padded(out_grad.numpy(), p), w_shape[:-2], s, d), x.numpy()
    c, i = w_shape[-2], w_shape[-1] // groups
    w_grad = np.zeros(w_shape, values.dtype)
    for g, place in itertools.product(range(groups), itertools.product(*map(range, w_shape[:-2]))):
        pixels = windows[(..., *place, slice(g * c, (g + 1) * c))].reshape(-1, c)
        w_grad[place][:, g * i : (g + 1) * i] = pixels.T @ values[..., g * i : (g + 1) * i].reshape(-1, i)
    return like(w_grad, x)


@rewrite(of="conv_transpose_w_grad")
def transposed_w_grad_image_by_image(
    x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0
):
    """Adds up the gradients of the images."""
    if tuple(out_grad.shape) != transposed_shape(
        x.shape, w_shape, stride, padding, dilation, groups, output_padding
    ):
        raise ValueError(out_grad.shape)
    total = zeros(w_shape, x.device, x.dtype)
    for n in range(x.shape[0]):
        total = total + conv_w_grad(
            out_grad[n : n + 1], x[n : n + 1], w_shape, stride, padding, dilation, groups
        )
    return total
