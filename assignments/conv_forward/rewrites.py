"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import itertools
import math
from functools import reduce

import numpy as np
from ndarray import array

# `solution` is the solution as it is rendered from the templates.
from solution import original, output_shape, pad, pair, zeros

from grader.model.mutant import rewrite


def padded(x, padding):
    """The numbers of x between rows and columns of zeros."""
    (p_h, p_w), values = pair(padding), x.numpy()
    n, height, width, channels = values.shape
    out = np.zeros((n, height + 2 * p_h, width + 2 * p_w, channels), values.dtype)
    out[:, p_h : p_h + height, p_w : p_w + width] = values
    return out


def like(values, a):
    """The values as an array with a's device and dtype."""
    return array(values, a.device, a.dtype)


# pad


@rewrite(of="pad")
def pad_by_slices(a, padding):
    """Cuts first, and then writes the rest into zeros, by slices."""
    if len(padding) != a.ndim:
        raise ValueError(padding)
    lengths = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if any(n < 0 for n in lengths):
        raise ValueError(padding)
    out = zeros(lengths, a.device, a.dtype)
    ends = [(max(0, -low), min(n, n + high)) for n, (low, high) in zip(a.shape, padding, strict=True)]
    if all(start < stop for start, stop in ends):
        inner = tuple(slice(start, stop) for start, stop in ends)
        outer = tuple(
            slice(start + low, stop + low) for (start, stop), (low, _) in zip(ends, padding, strict=True)
        )
        out[outer] = a[inner]
    return out


@rewrite(of="pad")
def pad_axis_by_axis(a, padding):
    """Puts zeros on one axis after the other, with NumPy's concatenate."""
    if len(padding) != a.ndim:
        raise ValueError(padding)
    values = a.numpy()
    for axis, (low, high) in enumerate(padding):
        n = values.shape[axis]
        if n + low + high < 0:
            raise ValueError(padding)
        index = np.arange(max(0, -low), max(max(0, -low), min(n, n + high)))
        kept = np.take(values, index, axis)

        def some(count, kept=kept, axis=axis):
            return np.zeros((*kept.shape[:axis], max(count, 0), *kept.shape[axis + 1 :]), kept.dtype)

        missing = n + low + high - max(low, 0) - max(high, 0) - kept.shape[axis]
        values = np.concatenate([some(low), kept, some(high), some(missing)], axis)
    return like(values[tuple(slice(n + sum(pair)) for n, pair in zip(a.shape, padding, strict=True))], a)


@rewrite(of="pad")
def pad_by_index_arrays(a, padding):
    """Fancy indexing on both sides."""
    if len(padding) != a.ndim:
        raise ValueError(padding)
    shape = [n + low + high for n, (low, high) in zip(a.shape, padding, strict=True)]
    if min(shape, default=0) < 0:
        raise ValueError(padding)
    out, to, of = np.zeros(shape, a.dtype), [], []
    for n, total, (low, _) in zip(a.shape, shape, padding, strict=True):
        places = np.arange(total)
        there = (places >= low) & (places < n + low)
        to.append(places[there])
        of.append(places[there] - low)
    out[np.ix_(*to)] = a.numpy()[np.ix_(*of)]
    return like(out, a)


@rewrite(of="pad")
def pad_in_two_steps(a, padding):
    """Adds where numbers are positive, and then takes a view where they are negative."""
    if len(padding) != a.ndim:
        raise ValueError(padding)
    grown = original(a, [(max(low, 0), max(high, 0)) for low, high in padding])
    if any(n + low + high < 0 for n, (low, high) in zip(a.shape, padding, strict=True)):
        raise ValueError(padding)
    return grown[
        tuple(
            slice(max(-low, 0), n + min(high, 0)) for n, (low, high) in zip(grown.shape, padding, strict=True)
        )
    ]


@rewrite(of="pad")
def pad_in_double_precision(a, padding):
    """Computes in float64, and rounds once at the end."""
    if len(padding) != a.ndim:
        raise ValueError(padding)
    return like(original(array(a.numpy().astype(np.float64), a.device), padding).numpy(), a)


# output_size


@rewrite(of="output_size")
def sizes_by_counting(size, kernel, stride, padding):
    """Counts the windows one by one."""
    if stride < 1 or padding < 0 or not 1 <= kernel <= size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    count, start = 0, -padding
    while start + kernel <= size + padding:
        count, start = count + 1, start + stride
    return count


@rewrite(of="output_size")
def sizes_by_a_range(size, kernel, stride, padding):
    """The length of the range of starts."""
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    return len(range(0, size + 2 * padding - kernel + 1, stride))


@rewrite(of="output_size")
def sizes_rounded_up(size, kernel, stride, padding):
    """The number of starts, divided and rounded up."""
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    return -(-(size + 2 * padding - kernel + 1) // stride)


@rewrite(of="output_size")
def sizes_by_a_quotient(size, kernel, stride, padding):
    """The floor of a floating-point quotient."""
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    return math.floor((size + 2 * padding - kernel) / stride + 1)


@rewrite(of="output_size")
def sizes_of_numpy(size, kernel, stride, padding):
    """An integer of NumPy's, by divmod."""
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    return np.int64(divmod(size + 2 * padding - kernel, stride)[0] + 1)


@rewrite(of="output_size")
def sizes_by_the_last_window(size, kernel, stride, padding):
    """Walks back from the last place at which a window may start."""
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    last = size + 2 * padding - kernel
    return (last - last % stride) // stride + 1


# conv


@rewrite(of="conv")
def conv_by_shifts(x, w, stride=1, padding=0):
    """Adds up one product for each place in the kernel."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    out = zeros((n * out_h * out_w, c_out), x.device, x.dtype)
    for a, b in itertools.product(range(w.shape[0]), range(w.shape[1])):
        seen = x[:, a : a + s_h * (out_h - 1) + 1 : s_h, b : b + s_w * (out_w - 1) + 1 : s_w]
        out = out + seen.reshape((n * out_h * out_w, x.shape[3])) @ w[a, b]
    return out.reshape((n, out_h, out_w, c_out))


@rewrite(of="conv")
def conv_by_shifts_from_the_end(x, w, stride=1, padding=0):
    """The same sum in the opposite order, in NumPy."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values, kernels = pair(stride), padded(x, padding), w.numpy()
    out = np.zeros((n, out_h, out_w, c_out), values.dtype)
    for a, b in reversed(list(itertools.product(range(w.shape[0]), range(w.shape[1])))):
        out += values[:, a::s_h, b::s_w][:, :out_h, :out_w] @ kernels[a, b]
    return like(out, x)


@rewrite(of="conv")
def conv_in_double_precision(x, w, stride=1, padding=0):
    """All sums are in float64."""
    wide = original(
        array(x.numpy(), x.device, "float64"), array(w.numpy(), w.device, "float64"), stride, padding
    )
    return like(wide.numpy(), x)


@rewrite(of="conv")
def conv_with_channels_first(x, w, stride=1, padding=0):
    """The columns of a window lie in the order channel, row, column."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values = pair(stride), padded(x, padding).transpose(0, 3, 1, 2)
    rows = np.arange(out_h)[:, None] * s_h + np.arange(w.shape[0])
    columns = np.arange(out_w)[:, None] * s_w + np.arange(w.shape[1])
    windows = values[:, :, rows[:, None, :, None], columns[None, :, None, :]]  # n, c, i, j, a, b
    flat = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * out_h * out_w, -1)
    kernels = w.numpy().transpose(2, 0, 1, 3).reshape(-1, c_out)
    return like((flat @ kernels).reshape(n, out_h, out_w, c_out), x)


@rewrite(of="conv")
def conv_by_tensordot(x, w, stride=1, padding=0):
    """Windows are gathered with index arrays, and tensordot sums over three axes."""
    _, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values = pair(stride), padded(x, padding)
    rows = np.arange(out_h)[:, None] * s_h + np.arange(w.shape[0])
    columns = np.arange(out_w)[:, None] * s_w + np.arange(w.shape[1])
    windows = values[:, rows][:, :, :, columns]  # n, i, a, j, b, c
    return like(np.tensordot(windows.transpose(0, 1, 3, 2, 4, 5), w.numpy(), 3), x)


@rewrite(of="conv")
def conv_by_einsum(x, w, stride=1, padding=0):
    """One line for the sum, over a view of windows."""
    n, out_h, out_w, _ = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (k_h, k_w) = pair(stride), w.shape[:2]
    values = np.ascontiguousarray(padded(x, padding))
    i, r, c, d = values.strides
    windows = np.lib.stride_tricks.as_strided(
        values, (n, out_h, out_w, k_h, k_w, x.shape[3]), (i, s_h * r, s_w * c, r, c, d)
    )
    return like(np.einsum("nijabc,abco->nijo", windows, w.numpy(), optimize=True), x)


@rewrite(of="conv")
def conv_image_by_image(x, w, stride=1, padding=0):
    """A product for each image, and the results are put into one array."""
    out = zeros(output_shape(x.shape, w.shape, stride, padding), x.device, x.dtype)
    for number in range(x.shape[0]):
        out[number : number + 1] = original(x[number : number + 1], w, stride, padding)
    return out


@rewrite(of="conv")
def conv_kernel_by_kernel(x, w, stride=1, padding=0):
    """A product for each output channel."""
    out = zeros(output_shape(x.shape, w.shape, stride, padding), x.device, x.dtype)
    for number in range(w.shape[3]):
        out[..., number : number + 1] = original(x, w[..., number : number + 1], stride, padding)
    return out


@rewrite(of="conv")
def conv_channel_by_channel(x, w, stride=1, padding=0):
    """A sum over the input channels of convolutions of one channel each."""
    shape = output_shape(x.shape, w.shape, stride, padding)
    parts = (original(x[..., c : c + 1], w[:, :, c : c + 1], stride, padding) for c in range(x.shape[3]))
    return reduce(lambda left, right: left + right, parts, zeros(shape, x.device, x.dtype))


@rewrite(of="conv")
def conv_at_stride_1(x, w, stride=1, padding=0):
    """Convolves at every position, and returns a view of those that the stride selects."""
    output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w) = pair(stride)
    return original(x, w, 1, padding)[:, ::s_h, ::s_w]


@rewrite(of="conv")
def conv_row_by_row(x, w, stride=1, padding=0):
    """Each row of the result is one product: its windows are slices of a few rows."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values, kernels = pair(stride), padded(x, padding), w.numpy().reshape(-1, w.shape[3])
    columns = np.arange(out_w)[:, None] * s_w + np.arange(w.shape[1])
    out = np.empty((n, out_h, out_w, c_out), values.dtype)
    for i in range(out_h):
        band = values[:, i * s_h : i * s_h + w.shape[0]][:, :, columns]  # n, a, j, b, c
        out[:, i] = band.transpose(0, 2, 1, 3, 4).reshape(n, out_w, -1) @ kernels
    return like(out, x)


# conv_loops


@rewrite(of="conv_loops")
def loops_over_every_product(x, w, stride=1, padding=0):
    """Seven loops over Python's numbers."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values, kernels = pair(stride), padded(x, padding), w.numpy()
    out = np.zeros((n, out_h, out_w, c_out))
    for k, i, j, o in itertools.product(range(n), range(out_h), range(out_w), range(c_out)):
        for a, b, c in itertools.product(*map(range, w.shape[:3])):
            out[k, i, j, o] += float(values[k, i * s_h + a, j * s_w + b, c]) * float(kernels[a, b, c, o])
    return like(out, x)


@rewrite(of="conv_loops")
def loops_over_windows(x, w, stride=1, padding=0):
    """A product of a window with all kernels for each pixel."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), (k_h, k_w), values = pair(stride), w.shape[:2], padded(x, padding)
    out, kernels = np.empty((n, out_h, out_w, c_out), values.dtype), w.numpy().reshape(-1, c_out)
    for k, i, j in np.ndindex(n, out_h, out_w):
        window = values[k, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
        out[k, i, j] = window.reshape(-1) @ kernels
    return like(out, x)


# im2col and col2im


@rewrite(of="im2col")
def rows_by_index_arrays(x, kernel, stride=1, padding=0):
    """Fancy indexing on rows and columns."""
    shape = output_shape(x.shape, (*kernel, x.shape[3], 1), stride, padding)
    (s_h, s_w), values = pair(stride), padded(x, padding)
    rows = np.arange(shape[1])[:, None] * s_h + np.arange(kernel[0])
    columns = np.arange(shape[2])[:, None] * s_w + np.arange(kernel[1])
    windows = values[:, rows[:, None, :, None], columns[None, :, None, :]]  # n, i, j, a, b, c
    return like(windows.reshape(math.prod(shape[:3]), -1), x)


@rewrite(of="im2col")
def rows_place_by_place(x, kernel, stride=1, padding=0):
    """Fills the columns that belong to one place of the kernel at a time."""
    n, out_h, out_w, _ = output_shape(x.shape, (*kernel, x.shape[3], 1), stride, padding)
    (s_h, s_w), values = pair(stride), padded(x, padding)
    parts = [
        values[:, a::s_h, b::s_w][:, :out_h, :out_w].reshape(n * out_h * out_w, -1)
        for a, b in itertools.product(*map(range, kernel))
    ]
    return like(np.concatenate(parts, 1), x)


@rewrite(of="col2im")
def pixels_by_add_at(columns, x_shape, kernel, stride=1, padding=0):
    """Adds with numpy.add.at, which knows of equal indices."""
    n, out_h, out_w, _ = output_shape(x_shape, (*kernel, x_shape[3], 1), stride, padding)
    if tuple(columns.shape) != (n * out_h * out_w, math.prod(kernel) * x_shape[3]):
        raise ValueError(columns.shape)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    out = np.zeros((n, x_shape[1] + 2 * p_h, x_shape[2] + 2 * p_w, x_shape[3]), columns.dtype)
    rows = np.arange(out_h)[:, None, None, None] * s_h + np.arange(kernel[0])[:, None]
    across = np.arange(out_w)[:, None, None] * s_w + np.arange(kernel[1])
    values = columns.numpy().reshape(n, out_h, out_w, *kernel, x_shape[3])
    np.add.at(out, (slice(None), rows, across), values)
    return like(out[:, p_h : p_h + x_shape[1], p_w : p_w + x_shape[2]], columns)


@rewrite(of="col2im")
def pixels_window_by_window(columns, x_shape, kernel, stride=1, padding=0):
    """Adds one window after the other, in float64."""
    n, out_h, out_w, _ = output_shape(x_shape, (*kernel, x_shape[3], 1), stride, padding)
    if tuple(columns.shape) != (n * out_h * out_w, math.prod(kernel) * x_shape[3]):
        raise ValueError(columns.shape)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    out = np.zeros((n, x_shape[1] + 2 * p_h, x_shape[2] + 2 * p_w, x_shape[3]))
    for row, (k, i, j) in zip(columns.numpy(), np.ndindex(n, out_h, out_w), strict=True):
        window = row.reshape(*kernel, -1)
        out[k, i * s_h : i * s_h + kernel[0], j * s_w : j * s_w + kernel[1]] += window
    return like(out[:, p_h : p_h + x_shape[1], p_w : p_w + x_shape[2]], columns)


# conv_shifted


@rewrite(of="conv_shifted")
def shifts_in_numpy(x, w, stride=1, padding=0):
    """The same sum in the opposite order, added in place."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values, kernels = pair(stride), padded(x, padding), w.numpy()
    out = np.zeros((n, out_h, out_w, c_out), values.dtype)
    for a, b in reversed(list(itertools.product(range(w.shape[0]), range(w.shape[1])))):
        out += values[:, a::s_h, b::s_w][:, :out_h, :out_w] @ kernels[a, b]
    return like(out, x)


@rewrite(of="conv_shifted")
def shifts_image_by_image(x, w, stride=1, padding=0):
    """One image after the other."""
    out = zeros(output_shape(x.shape, w.shape, stride, padding), x.device, x.dtype)
    for number in range(x.shape[0]):
        out[number : number + 1] = original(x[number : number + 1], w, stride, padding)
    return out
