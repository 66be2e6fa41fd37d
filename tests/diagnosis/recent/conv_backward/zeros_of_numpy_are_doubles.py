"""dilate begins with np.zeros, which are float64, and conv_x_grad goes on with what dilate returns."""

import numpy as np
from ndarray import array


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation < 0")
    axes = normalize_axes(axes, a.ndim)
    new_shape = np.array(a.shape)
    new_shape[list(axes)] *= dilation + 1
    out = np.zeros(new_shape)  # wrong: float64, whatever dtype a has
    index = [slice(None)] * a.ndim
    for ax in axes:
        index[ax] = slice(None, None, dilation + 1)
    out[tuple(index)] = a.numpy()
    # print(out.shape)
    return array(out)


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    return a[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(a.ndim))]


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    s, p, k = pair(stride), pair(padding), w.shape[:2]
    g = dilate(dilate(out_grad, 1, s[0] - 1), 2, s[1] - 1)
    keep = [x_shape[1 + i] + 2 * p[i] - k[i] + 1 for i in range(2)]
    g = g[:, : keep[0], : keep[1]]
    around = [(k[i] - 1 - p[i], k[i] - 1 - p[i]) for i in range(2)]
    g = pad(g, [(0, 0), *around, (0, 0)])
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))
