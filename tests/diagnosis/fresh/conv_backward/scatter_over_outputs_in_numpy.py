"""NumPy loops over the output pixels; the frame is cut off as [p:-p], and w_grad slides over the bare x.

Ideas: frame_cut_up_to_minus_zero, picture_not_padded_and_out_grad_cut.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    N, H, W, C = x_shape
    KH, KW = w.shape[0], w.shape[1]
    g, k = out_grad.numpy(), w.numpy()
    dx = np.zeros((N, H + 2 * ph, W + 2 * pw, C), dtype=g.dtype)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            dx[:, i * sh : i * sh + KH, j * sw : j * sw + KW, :] += np.einsum("no,abco->nabc", g[:, i, j], k)
    dx = dx[:, ph:-ph, pw:-pw, :]  # wrong: without padding, [0:-0] is empty
    return array(dx, out_grad.device, out_grad.dtype)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x.shape, w_shape, stride, padding)):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    KH, KW = w_shape[0], w_shape[1]
    xs = x.numpy()  # wrong: x is not padded
    g = out_grad.numpy()
    dw = np.zeros(w_shape, dtype=g.dtype)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            window = xs[:, i * sh : i * sh + KH, j * sw : j * sw + KW, :]
            dw += np.einsum("nabc,no->abco", window, g[:, i, j])
    return array(dw, x.device, x.dtype)
