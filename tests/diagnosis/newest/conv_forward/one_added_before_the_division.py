"""output_size adds its 1 before it divides, conv always gives float64, and conv_shifted passes its two arrays in the wrong order.

Ideas: result_in_float64, starting_places_divided_by_stride.
"""

import numpy as np
from ndarray import array


def output_size(size, kernel, stride, padding):
    if stride < 1 or kernel < 1 or padding < 0:
        raise ValueError("stride >= 1, kernel >= 1, padding >= 0")
    if kernel > size + 2 * padding:
        raise ValueError("the kernel is too large")
    return (size + 2 * padding - kernel + 1) // stride  # wrong: the 1 comes after the division


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)]).numpy()
    out = np.zeros((n, oh, ow, co))
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            seen = xp[:, i : i + sh * (oh - 1) + 1 : sh, j : j + sw * (ow - 1) + 1 : sw]
            out += np.einsum("nhwc,co->nhwo", seen, w.numpy()[i, j])
    return array(out, x.device)  # wrong: out has double precision, whatever x has


def conv_shifted(x, w, stride=1, padding=0):
    return conv(w, x, stride, padding)  # wrong: the two arrays are in the other order
