"""Four loops, and the stride of the rows moves the columns as well.

Ideas: stride_of_the_height_for_both, columns_moved_by_the_stride_of_the_height.
"""

import numpy as np
from ndarray import array


def conv(x, w, stride=1, padding=0):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    X = x.numpy()
    W = w.numpy()
    N, H, Wd, C = X.shape
    KH, KW, C2, O = W.shape
    if C != C2:
        raise ValueError("channels do not match")
    Xp = np.zeros((N, H + 2 * padding[0], Wd + 2 * padding[1], C), dtype=X.dtype)
    Xp[:, padding[0] : padding[0] + H, padding[1] : padding[1] + Wd, :] = X
    outH = output_size(H, KH, stride[0], padding[0])
    outW = output_size(Wd, KW, stride[1], padding[1])
    out = np.zeros((N, outH, outW, O), dtype=X.dtype)
    for i in range(outH):
        for j in range(outW):
            r = i * stride[0]
            c = j * stride[0]
            for o in range(O):
                patch = Xp[:, r : r + KH, c : c + KW, :]
                out[:, i, j, o] = (patch * W[:, :, :, o]).sum(axis=(1, 2, 3))
    return array(out)
