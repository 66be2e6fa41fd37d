"""conv_x_grad contracts the gradient with the input channels, and the padding comes off as [p:-p].

Ideas: channels_not_exchanged, frame_cut_up_to_minus_zero.
"""

import numpy as np
from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    shape = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError("shape of out_grad: expected %s" % (shape,))
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    n, oh, ow, _ = shape
    g, k = out_grad.numpy(), w.numpy()
    dx = np.zeros((n, x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, x_shape[3]), dtype=g.dtype)
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            rows, cols = slice(a, a + sh * (oh - 1) + 1, sh), slice(b, b + sw * (ow - 1) + 1, sw)
            dx[:, rows, cols, :] += np.tensordot(g, k[a, b], axes=([3], [0]))  # wrong: axis 1 has the output channels
    return array(dx[:, ph:-ph, pw:-pw, :], out_grad.device, out_grad.dtype)  # wrong: without padding nothing is left


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    shape = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError("shape of out_grad: expected %s" % (shape,))
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    _, oh, ow, _ = shape
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)]).numpy()
    g = out_grad.numpy()
    dw = np.zeros(w_shape, dtype=g.dtype)
    for a in range(w_shape[0]):
        for b in range(w_shape[1]):
            window = xp[:, a : a + sh * (oh - 1) + 1 : sh, b : b + sw * (ow - 1) + 1 : sw, :]
            dw[a, b] = np.tensordot(window, g, axes=([0, 1, 2], [0, 1, 2]))
    return array(dw, x.device, x.dtype)
