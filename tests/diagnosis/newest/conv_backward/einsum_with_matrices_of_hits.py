"""Nothing is wrong here: one matrix for each axis says which window meets which pixel, and einsum does the rest."""

import numpy as np
from ndarray import array


def _hits(size, kernel, stride, pad_low, windows, dtype):
    place, pixel, window = np.ogrid[:kernel, :size, :windows]
    return (pixel + pad_low == stride * window + place).astype(dtype)


def _both(x_shape, w_shape, stride, padding, dtype):
    out = output_shape(x_shape, w_shape, stride, padding)
    axes = zip(x_shape[1:3], w_shape[:2], pair(stride), pair(padding), out[1:3])
    return out, [_hits(*axis, dtype) for axis in axes]


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    out, (rows, cols) = _both(x_shape, w.shape, stride, padding, w.dtype)
    if tuple(out_grad.shape) != tuple(out):
        raise ValueError(f"out_grad is {out_grad.shape}, the output {out}")
    grad = np.einsum("njio,bwi->njwbo", out_grad.numpy(), cols)
    grad = np.einsum("njwbo,abco->njwac", grad, w.numpy())
    return array(np.einsum("njwac,ahj->nhwc", grad, rows), w.device, w.dtype)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    out, (rows, cols) = _both(x.shape, w_shape, stride, padding, x.dtype)
    if tuple(out_grad.shape) != tuple(out):
        raise ValueError(f"out_grad is {out_grad.shape}, the output {out}")
    seen = np.einsum("nhwc,ahj->najwc", x.numpy(), rows)
    seen = np.einsum("najwc,bwi->nabjic", seen, cols)
    return array(np.einsum("nabjic,njio->abco", seen, out_grad.numpy()), x.device, x.dtype)
