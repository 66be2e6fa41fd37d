"""The gradient of the padded picture is cut to H rows and W columns from its first ones on.

Ideas: frame_cut_at_one_end.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("wrong shape of out_grad")
    batch, rows, columns, channels = x_shape
    strides, pads = pair(stride), pair(padding)
    g, k = out_grad.numpy(), w.numpy()
    full = np.zeros((batch, rows + 2 * pads[0], columns + 2 * pads[1], channels), dtype=g.dtype)
    for a in range(k.shape[0]):
        for b in range(k.shape[1]):
            down = slice(a, a + strides[0] * g.shape[1], strides[0])
            right = slice(b, b + strides[1] * g.shape[2], strides[1])
            full[:, down, right] += np.einsum("nijo,co->nijc", g, k[a, b])
    return array(np.ascontiguousarray(full[:, :rows, :columns]))
