"""einsum over strided windows: the strides of x are taken before x is padded.

Ideas: strides_taken_before_padding_in_w_grad.
"""

import numpy as np
from ndarray import array


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, co):
        raise ValueError("bad shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, _ = w_shape
    xs = x.numpy()
    sN, sH, sW, sC = xs.strides  # wrong: these are the strides before padding
    xs = np.pad(xs, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    win = np.lib.stride_tricks.as_strided(
        xs, (n, oh, ow, kh, kw, ci), (sN, sH * sh, sW * sw, sH, sW, sC)
    )
    return array(np.einsum("nijabc,nijo->abco", win, out_grad.numpy()), x.device, x.dtype)
