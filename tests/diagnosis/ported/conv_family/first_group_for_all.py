"""conv lets every group see the first channels of x.

Ideas: every_group_sees_the_first_channels.
"""

import itertools
import math

from ndarray import zeros


def conv(x, w, stride=1, padding=0, dilation=1, groups=1):
    axes = x.ndim - 2
    n, *lengths, c_out = conv_shape(x.shape, w.shape, stride, padding, dilation, groups)
    s, p, d = per_axis(stride, axes), per_axis(padding, axes), per_axis(dilation, axes)
    xp = pad(x, ((0, 0), *[(q, q) for q in p], (0, 0)))
    c, o = w.shape[-2], c_out // groups
    out = zeros((n, *lengths, c_out), x.device, x.dtype)
    for place in itertools.product(*[range(k) for k in w.shape[:-2]]):
        met = xp[(slice(None), *pixel_slices(place, lengths, s, d))]
        rows = met[..., :c].reshape((n * math.prod(lengths), c))
        out = out + (rows @ w[place]).reshape((n, *lengths, c_out))
    return out
