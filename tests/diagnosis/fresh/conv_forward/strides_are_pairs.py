"""Unpacks stride and padding as pairs; loops in NumPy use the height of the kernel for both axes.

Ideas: loop_takes_stride_for_a_pair, stride_of_conv_taken_for_a_pair, loop_over_a_square_kernel.
"""

import numpy as np
from ndarray import array


def conv_loops(x, w, stride=1, padding=0):
    N, Ho, Wo, O = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = stride  # wrong: an int stands for both
    ph, pw = padding  # wrong: the same
    K = w.shape[0]  # wrong: the kernel has a width of its own
    X = np.zeros((N, x.shape[1] + 2 * ph, x.shape[2] + 2 * pw, x.shape[3]), dtype=np.float32)
    X[:, ph : ph + x.shape[1], pw : pw + x.shape[2]] = x.numpy()
    Wt = w.numpy()
    out = np.zeros((N, Ho, Wo, O), dtype=np.float32)
    for n in range(N):
        for i in range(Ho):
            for j in range(Wo):
                for o in range(O):
                    for a in range(K):
                        for b in range(K):
                            for c in range(w.shape[2]):
                                out[n, i, j, o] += X[n, i * sh + a, j * sw + b, c] * Wt[a, b, c, o]
    return array(out, x.device)


def conv(x, w, stride=1, padding=0):
    sh, sw = stride  # wrong: an int stands for both
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    return (im2col(x, w.shape[:2], stride, padding) @ w.reshape((-1, co))).reshape((n, oh, ow, co))
