"""Correct versions of the exercises, written in other ways. All of them must earn full marks."""

import functools
import itertools

import numpy as np
from ndarray import array

# `solution` is the solution as it is rendered from the templates.
from solution import conv, dilate, normalize_axes, original, output_shape, pad, pair, zeros

from grader.model.mutant import rewrite


def like(values, a):
    """The values as an array with a's device and dtype."""
    return array(values, a.device, a.dtype)


def padded(x, padding):
    """The numbers of x between rows and columns of zeros."""
    (p_h, p_w), values = pair(padding), x.numpy()
    n, height, width, channels = values.shape
    out = np.zeros((n, height + 2 * p_h, width + 2 * p_w, channels), values.dtype)
    out[:, p_h : p_h + height, p_w : p_w + width] = values
    return out


def checked(out_grad, x_shape, w_shape, stride, padding):
    """The height and width of the result of conv; ValueError if out_grad has another shape."""
    shape = output_shape(x_shape, w_shape, stride, padding)
    if tuple(out_grad.shape) != shape:
        raise ValueError((out_grad.shape, shape))
    return shape[1:3]


def windows_of(x, k_h, k_w, s_h, s_w):
    """The windows (N, H', W', KH, KW, C) of a NumPy array, as a copy."""
    rows = np.arange((x.shape[1] - k_h) // s_h + 1)[:, None] * s_h + np.arange(k_h)
    columns = np.arange((x.shape[2] - k_w) // s_w + 1)[:, None] * s_w + np.arange(k_w)
    return x[:, rows][:, :, :, columns].transpose(0, 1, 3, 2, 4, 5)


# conv


@rewrite(of="conv")
def conv_by_shifts(x, w, stride=1, padding=0):
    """Adds up one product for each place in the kernel."""
    n, out_h, out_w, c_out = output_shape(x.shape, w.shape, stride, padding)
    (s_h, s_w), values, kernels = pair(stride), padded(x, padding), w.numpy()
    out = np.zeros((n, out_h, out_w, c_out), values.dtype)
    for a, b in itertools.product(range(w.shape[0]), range(w.shape[1])):
        out += values[:, a::s_h, b::s_w][:, :out_h, :out_w] @ kernels[a, b]
    return like(out, x)


@rewrite(of="conv")
def conv_by_tensordot(x, w, stride=1, padding=0):
    """Gathers all windows, and sums over three axes at once."""
    output_shape(x.shape, w.shape, stride, padding)
    windows = windows_of(padded(x, padding), *w.shape[:2], *pair(stride))
    return like(np.tensordot(windows, w.numpy(), 3), x)


@rewrite(of="conv")
def conv_in_double_precision(x, w, stride=1, padding=0):
    """All sums are in float64, channel after channel."""
    output_shape(x.shape, w.shape, stride, padding)
    windows = windows_of(padded(x, padding), *w.shape[:2], *pair(stride)).astype(np.float64)
    kernels = w.numpy().astype(np.float64)
    parts = (np.einsum("nijab,abo->nijo", windows[..., c], kernels[:, :, c]) for c in range(x.shape[3]))
    return like(functools.reduce(np.add, parts), x)


# dilate


@rewrite(of="dilate")
def dilate_axis_by_axis(a, axes, dilation):
    """One axis after the other, in NumPy."""
    if dilation < 0:
        raise ValueError(dilation)
    values = a.numpy()
    for axis in normalize_axes(axes, a.ndim):
        shape = list(values.shape)
        shape[axis] *= dilation + 1
        out = np.zeros(shape, values.dtype)
        out[(slice(None),) * axis + (slice(None, None, dilation + 1),)] = values
        values = out
    return like(values, a)


@rewrite(of="dilate")
def dilate_by_a_new_axis(a, axes, dilation):
    """Puts each element in front of zeros on an axis of their own, and joins the two."""
    if dilation < 0:
        raise ValueError(dilation)
    values = a.numpy()
    for axis in normalize_axes(axes, a.ndim):
        shape = (*values.shape[: axis + 1], dilation + 1, *values.shape[axis + 1 :])
        out = np.zeros(shape, values.dtype)
        np.moveaxis(out, axis + 1, 0)[0] = values
        joined = (*values.shape[:axis], values.shape[axis] * (dilation + 1), *values.shape[axis + 1 :])
        values = out.reshape(joined)
    return like(values, a)


@rewrite(of="dilate")
def dilate_by_kron(a, axes, dilation):
    """The Kronecker product with one 1 in front of zeros."""
    if dilation < 0:
        raise ValueError(dilation)
    chosen = normalize_axes(axes, a.ndim)
    unit = np.zeros([dilation + 1 if axis in chosen else 1 for axis in range(a.ndim)], a.dtype)
    unit[(0,) * a.ndim] = 1
    return like(np.kron(a.numpy(), unit), a)


@rewrite(of="dilate")
def dilate_through_strides(a, axes, dilation):
    """Writes through a strided view of zeros."""
    if dilation < 0:
        raise ValueError(dilation)
    chosen = normalize_axes(axes, a.ndim)
    steps = [dilation + 1 if axis in chosen else 1 for axis in range(a.ndim)]
    out = zeros([n * k for n, k in zip(a.shape, steps, strict=True)], a.device, a.dtype)
    view = out.as_strided(a.shape, [s * k for s, k in zip(out.strides, steps, strict=True)])
    view[...] = a
    return out


# undilate


@rewrite(of="undilate")
def undilate_axis_by_axis(a, axes, dilation):
    """A slice after the other, each a view of the one before."""
    if dilation < 0:
        raise ValueError(dilation)
    for axis in normalize_axes(axes, a.ndim):
        a = a[(slice(None),) * axis + (slice(0, None, dilation + 1),)]
    return a


@rewrite(of="undilate")
def undilate_through_strides(a, axes, dilation):
    """A strided view: longer steps, fewer of them."""
    if dilation < 0:
        raise ValueError(dilation)
    chosen = normalize_axes(axes, a.ndim)
    step = [dilation + 1 if axis in chosen else 1 for axis in range(a.ndim)]
    shape = [-(-n // k) for n, k in zip(a.shape, step, strict=True)]
    return a.as_strided(shape, [s * k for s, k in zip(a.strides, step, strict=True)])


@rewrite(of="undilate")
def undilate_with_a_stop(a, axes, dilation):
    """Slices with a start and a stop of their own."""
    if dilation < 0:
        raise ValueError(dilation)
    index = [slice(0, n, 1) for n in a.shape]
    for axis in normalize_axes(axes, a.ndim):
        index[axis] = slice(0, a.shape[axis], 1 + dilation)
    return a[tuple(index)]


# flip


@rewrite(of="flip")
def flip_axis_by_axis(a, axes):
    """A slice after the other, each a view of the one before."""
    for axis in normalize_axes(axes, a.ndim):
        a = a[(slice(None),) * axis + (slice(None, None, -1),)]
    return a


@rewrite(of="flip")
def flip_through_strides(a, axes):
    """A strided view from the last element on."""
    strides, offset = list(a.strides), a.offset
    for axis in normalize_axes(axes, a.ndim):
        offset += (a.shape[axis] - 1) * strides[axis]
        strides[axis] *= -1
    return a.as_strided(a.shape, strides, offset if a.size else 0)


@rewrite(of="flip")
def flip_by_a_dictionary(a, axes):
    """The same index, built in a dictionary."""
    turned = dict.fromkeys(normalize_axes(axes, a.ndim), slice(None, None, -1))
    return a[tuple(turned.get(axis, slice(None)) for axis in range(a.ndim))]


# conv_x_grad


@rewrite(of="conv_x_grad")
def x_grad_by_scatter(out_grad, w, x_shape, stride=1, padding=0):
    """Each place of the kernel adds its share to the pixels that it met."""
    out_h, out_w = checked(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), kernels, upstream = pair(stride), pair(padding), w.numpy(), out_grad.numpy()
    n, height, width, channels = x_shape
    out = np.zeros((n, height + 2 * p_h, width + 2 * p_w, channels), upstream.dtype)
    for a, b in itertools.product(range(w.shape[0]), range(w.shape[1])):
        out[:, a::s_h, b::s_w][:, :out_h, :out_w] += upstream @ kernels[a, b].T
    return like(out[:, p_h : p_h + height, p_w : p_w + width], out_grad)


@rewrite(of="conv_x_grad")
def x_grad_by_col2im(out_grad, w, x_shape, stride=1, padding=0):
    """One product gives the gradient of all windows. A loop adds each window's part to its pixels."""
    out_h, out_w = checked(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (k_h, k_w, c_in, c_out) = pair(stride), pair(padding), w.shape
    n, height, width, _ = x_shape
    columns = out_grad.numpy().reshape(-1, c_out) @ w.numpy().reshape(-1, c_out).T
    windows = columns.reshape(n, out_h, out_w, k_h, k_w, c_in)
    out = np.zeros((n, height + 2 * p_h, width + 2 * p_w, c_in), windows.dtype)
    for i, j in itertools.product(range(out_h), range(out_w)):
        out[:, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w] += windows[:, i, j]
    return like(out[:, p_h : p_h + height, p_w : p_w + width], out_grad)


@rewrite(of="conv_x_grad")
def x_grad_by_add_at(out_grad, w, x_shape, stride=1, padding=0):
    """The same sum by ufunc.at, in float64."""
    out_h, out_w = checked(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (k_h, k_w) = pair(stride), pair(padding), w.shape[:2]
    n, height, width, channels = x_shape
    shares = np.einsum("nijo,abco->nijabc", out_grad.numpy().astype(np.float64), w.numpy())
    out = np.zeros((n, height + 2 * p_h, width + 2 * p_w, channels))
    rows = (np.arange(out_h)[:, None] * s_h + np.arange(k_h))[:, None, :, None]
    columns = (np.arange(out_w)[:, None] * s_w + np.arange(k_w))[None, :, None, :]
    np.add.at(out, (slice(None), rows, columns), shares)
    return like(out[:, p_h : p_h + height, p_w : p_w + width], out_grad)


@rewrite(of="conv_x_grad")
def x_grad_image_by_image(out_grad, w, x_shape, stride=1, padding=0):
    """Each image by itself, because no image affects another one's gradient."""
    checked(out_grad, x_shape, w.shape, stride, padding)
    out = zeros(x_shape, out_grad.device, out_grad.dtype)
    for number in range(x_shape[0]):
        one = slice(number, number + 1)
        out[one] = original(out_grad[one], w, (1, *x_shape[1:]), stride, padding)
    return out


@rewrite(of="conv_x_grad")
def x_grad_as_a_convolution(out_grad, w, x_shape, stride=1, padding=0):
    """Zeros between and around, flipped kernels, and a crop at the end."""
    out_h, out_w = checked(out_grad, x_shape, w.shape, stride, padding)
    (s_h, s_w), (p_h, p_w), (k_h, k_w) = pair(stride), pair(padding), w.shape[:2]
    n, height, width, _ = x_shape
    spread = zeros(
        (n, height + 2 * p_h + k_h - 1, width + 2 * p_w + k_w - 1, w.shape[3]),
        out_grad.device,
        out_grad.dtype,
    )
    rows = slice(k_h - 1, k_h + s_h * (out_h - 1), s_h)
    spread[:, rows, slice(k_w - 1, k_w + s_w * (out_w - 1), s_w)] = out_grad
    whole = conv(spread, w[::-1, ::-1].permute((0, 1, 3, 2)))
    return whole[:, p_h : p_h + height, p_w : p_w + width]


# conv_w_grad


@rewrite(of="conv_w_grad")
def w_grad_by_im2col(x, out_grad, w_shape, stride=1, padding=0):
    """One product: the windows' transpose times the upstream gradient."""
    checked(out_grad, x.shape, w_shape, stride, padding)
    windows = windows_of(padded(x, padding), *w_shape[:2], *pair(stride))
    flat = windows.reshape(-1, w_shape[0] * w_shape[1] * w_shape[2])
    return like((flat.T @ out_grad.numpy().reshape(-1, w_shape[3])).reshape(w_shape), x)


@rewrite(of="conv_w_grad")
def w_grad_place_by_place(x, out_grad, w_shape, stride=1, padding=0):
    """A product for each place in the kernel."""
    out_h, out_w = checked(out_grad, x.shape, w_shape, stride, padding)
    (s_h, s_w), values, upstream = pair(stride), padded(x, padding), out_grad.numpy().reshape(-1, w_shape[3])
    out = np.zeros(w_shape, values.dtype)
    for a, b in itertools.product(range(w_shape[0]), range(w_shape[1])):
        seen = values[:, a::s_h, b::s_w][:, :out_h, :out_w].reshape(-1, w_shape[2])
        out[a, b] = seen.T @ upstream
    return like(out, x)


@rewrite(of="conv_w_grad")
def w_grad_by_einsum(x, out_grad, w_shape, stride=1, padding=0):
    """One line, summed in float64."""
    checked(out_grad, x.shape, w_shape, stride, padding)
    windows = windows_of(padded(x, padding), *w_shape[:2], *pair(stride)).astype(np.float64)
    return like(np.einsum("nijabc,nijo->abco", windows, out_grad.numpy().astype(np.float64)), x)


@rewrite(of="conv_w_grad")
def w_grad_image_by_image(x, out_grad, w_shape, stride=1, padding=0):
    """Adds up the gradients of the images, from the last one on."""
    checked(out_grad, x.shape, w_shape, stride, padding)
    out = zeros(w_shape, x.device, x.dtype)
    for number in reversed(range(x.shape[0])):
        one = slice(number, number + 1)
        out = out + original(x[one], out_grad[one], w_shape, stride, padding)
    return out


@rewrite(of="conv_w_grad")
def w_grad_kernel_by_kernel(x, out_grad, w_shape, stride=1, padding=0):
    """Each output channel by itself."""
    checked(out_grad, x.shape, w_shape, stride, padding)
    out = zeros(w_shape, x.device, x.dtype)
    for number in range(w_shape[3]):
        one = slice(number, number + 1)
        out[..., one] = original(x, out_grad[..., one], (*w_shape[:3], 1), stride, padding)
    return out


@rewrite(of="conv_w_grad")
def w_grad_as_a_convolution(x, out_grad, w_shape, stride=1, padding=0):
    """Images and channels trade places; pixels after the last window are cut from x."""
    out_h, out_w = checked(out_grad, x.shape, w_shape, stride, padding)
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = pad(x, ((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)))
    x = x[:, : s_h * (out_h - 1) + w_shape[0], : s_w * (out_w - 1) + w_shape[1]]
    spread = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    spread = spread[:, : s_h * (out_h - 1) + 1, : s_w * (out_w - 1) + 1]
    return conv(x.permute((3, 1, 2, 0)), spread.permute((1, 2, 0, 3))).permute((1, 2, 0, 3))
