"""A forward pass that is no convolution, and a gradient so large that its length overflows."""

import numpy as np
from ndarray import array


def conv(x, w, stride, padding):
    rows, columns = x.shape[1] - w.shape[0] + 1, x.shape[2] - w.shape[1] + 1
    shape = (x.shape[0], rows, columns, w.shape[3])
    return array(np.full(shape, x.numpy().sum() + w.numpy().sum()), dtype=x.dtype)


def conv_x_grad(out_grad, w, x_shape, stride, padding):
    return array(np.full(x_shape, 1e200), dtype=w.dtype)
