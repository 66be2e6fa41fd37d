"""dilate puts the zeros in front of each element.

Ideas: zeros_in_front.
"""

import numpy as np
from ndarray import array


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    out = a.numpy()
    for ax in normalize_axes(axes, a.ndim):
        pieces = []
        zero = np.zeros_like(np.take(out, range(0, min(1, out.shape[ax])), axis=ax))
        for i in range(out.shape[ax]):
            pieces += [zero] * dilation + [np.take(out, [i], axis=ax)]
        out = np.concatenate(pieces, axis=ax) if pieces else out
    return array(out)
