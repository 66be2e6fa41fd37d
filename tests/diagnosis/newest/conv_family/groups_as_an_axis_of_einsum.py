"""Nothing is wrong here: the groups are an axis of their own, and lengths are found by trying."""

import numpy as np
from ndarray import array


def conv_length(size, kernel, stride=1, padding=0, dilation=1):
    if any(n < 1 for n in (kernel, stride, dilation)) or padding < 0:
        raise ValueError(f"kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}")
    starts = range(0, size + 2 * padding - dilation * (kernel - 1), stride)
    if not starts:
        raise ValueError(f"no window of {kernel} fits on {size}")
    return len(starts)


def pixel_slices(place, lengths, stride, dilation):
    slices = []
    for axis, a in enumerate(place):
        met = range(dilation[axis] * a, dilation[axis] * a + stride[axis] * lengths[axis], stride[axis])
        slices.append(slice(met[0], met[-1] + 1, met.step))
    return tuple(slices)


def _walk(x_shape, w_shape, shape, stride, padding, dilation):
    axes = len(x_shape) - 2
    s, p, d = per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes)
    frame = [(0, 0), *zip(p, p), (0, 0)]
    places = itertools.product(*map(range, w_shape[:-2]))
    return frame, [(place, (slice(None), *pixel_slices(place, shape[1:-1], s, d))) for place in places]


def conv(x, w, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    frame, walk = _walk(x.shape, w.shape, shape, stride, padding, dilation)
    big, kernel = pad(x, frame).numpy(), w.numpy()
    out = np.zeros((math.prod(shape[:-1]), groups, shape[-1] // groups), dtype=x.dtype)
    for place, index in walk:
        seen = big[index].reshape(len(out), groups, -1)
        out += np.einsum("ngc,cgo->ngo", seen, kernel[place].reshape(seen.shape[2], groups, -1))
    return array(out.reshape(shape), x.device, x.dtype)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x_shape, w.shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != shape:
        raise ValueError(f"out_grad {out_grad.shape}, output {shape}")
    frame, walk = _walk(x_shape, w.shape, shape, stride, padding, dilation)
    grad = np.zeros([n + low + high for n, (low, high) in zip(x_shape, frame)], dtype=w.dtype)
    kernel = w.numpy()
    g = out_grad.numpy().reshape(math.prod(shape[:-1]), groups, -1)
    for place, index in walk:
        share = np.einsum("ngo,cgo->ngc", g, kernel[place].reshape(-1, groups, g.shape[2]))
        grad[index] += share.reshape(grad[index].shape)
    return pad(array(grad, w.device, w.dtype), [(-low, -high) for low, high in frame])


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1):
    shape = conv_shape(x.shape, w_shape, stride, padding, dilation, groups)
    if tuple(out_grad.shape) != shape:
        raise ValueError(f"out_grad {out_grad.shape}, output {shape}")
    frame, walk = _walk(x.shape, w_shape, shape, stride, padding, dilation)
    big = pad(x, frame).numpy()
    g = out_grad.numpy().reshape(math.prod(shape[:-1]), groups, -1)
    grad = np.zeros(w_shape, dtype=x.dtype)
    for place, index in walk:
        seen = big[index].reshape(len(g), groups, -1)
        grad[place] = np.einsum("ngc,ngo->cgo", seen, g).reshape(w_shape[-2:])
    return array(grad, x.device, x.dtype)


def conv_transpose_w_grad(x, out_grad, w_shape, stride=1, padding=0, dilation=1, groups=1, output_padding=0):
    shape = transposed_shape(x.shape, w_shape, stride, padding, dilation, groups, output_padding)
    if tuple(out_grad.shape) != shape:
        raise ValueError(f"out_grad {out_grad.shape}, output {shape}")
    return conv_w_grad(out_grad, x, w_shape, stride, padding, dilation, groups)
