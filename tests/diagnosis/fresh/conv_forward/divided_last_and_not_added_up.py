"""Counts H + 2p - K + 1 windows and divides afterwards; conv_shifted keeps its last product.

Ideas: starting_places_divided_by_stride, last_product_alone.
"""


def output_size(size, kernel, stride, padding):
    if stride < 1 or kernel < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("impossible window")
    return (size + 2 * padding - kernel + 1) // stride  # wrong: one window too few unless the remainder is s - 1


def conv_shifted(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[:2]
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    acc = None
    for a in range(kh):
        for b in range(kw):
            px = x[:, a : a + sh * oh : sh, b : b + sw * ow : sw, :]
            term = px.compact().reshape((n * px.shape[1] * px.shape[2], x.shape[3])) @ w[a, b]
            acc = term  # wrong: the terms are not added up
    return acc.reshape((n, oh, ow, co))
