"""conv_w_grad thins the picture by the stride and then slides as if the stride were 1.

Ideas: stride_between_and_inside_in_w_grad.
"""

import numpy as np
from ndarray import array


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError
    axes = normalize_axes(axes, a.ndim)
    idx = [slice(None)] * a.ndim
    for ax in axes:
        idx[ax] = slice(None, None, dilation + 1)
    return a[tuple(idx)]


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, co):
        raise ValueError("out_grad does not have the shape of conv(x, w)")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, _ = w_shape
    xp = pad(x, [(0, 0), (ph, ph + kh), (pw, pw + kw), (0, 0)])
    # a stride of s means that only every s-th pixel matters
    xs = undilate(undilate(xp, 1, sh - 1), 2, sw - 1)  # wrong: the place in the kernel comes on top, unthinned
    gn = out_grad.numpy()
    res = np.empty(w_shape, dtype=gn.dtype)
    for a in range(kh):
        for b in range(kw):
            part = xs[:, a : a + oh, b : b + ow, :].numpy()  # wrong: a and b are pixels of xp, not of xs
            res[a, b] = np.tensordot(part, gn, axes=([0, 1, 2], [0, 1, 2]))
    return array(res)
