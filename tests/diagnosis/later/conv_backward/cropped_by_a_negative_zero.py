"""One einsum for each place of the kernel, and the frame is cut off with p:-p, which is empty for p = 0.

Ideas: frame_cut_up_to_minus_zero.
"""

import numpy as np

from ndarray import array


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, Ho, Wo, O = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (N, Ho, Wo, O):
        raise ValueError(f"{out_grad.shape=}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    N, H, W, I = x_shape
    go, k = out_grad.numpy(), w.numpy()
    acc = np.zeros((N, H + 2 * ph, W + 2 * pw, I), go.dtype)
    for a in range(k.shape[0]):
        for b in range(k.shape[1]):
            acc[:, a : a + sh * (Ho - 1) + 1 : sh, b : b + sw * (Wo - 1) + 1 : sw] += np.einsum(
                "nhwo,io->nhwi", go, k[a, b]
            )
    acc = acc[:, ph:-ph, pw:-pw, :]  # wrong: 0:-0 is empty
    return array(acc, out_grad.device)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, Ho, Wo, O = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, Ho, Wo, O):
        raise ValueError(f"{out_grad.shape=}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0))).numpy()
    go = out_grad.numpy()
    dw = np.zeros(tuple(w_shape), go.dtype)
    for a in range(dw.shape[0]):
        for b in range(dw.shape[1]):
            patch = xp[:, a : a + sh * (Ho - 1) + 1 : sh, b : b + sw * (Wo - 1) + 1 : sw]
            dw[a, b] = np.einsum("nhwi,nhwo->io", patch, go)
    return array(dw, x.device)
