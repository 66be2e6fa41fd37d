"""Nothing is wrong here: the size is a ceiling, pad writes at an index list, and col2im goes window by window."""

import math


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair an axis, please")
    new = [lo + n + hi for (lo, hi), n in zip(padding, a.shape)]
    if any(n < 0 for n in new):
        raise ValueError("nothing would be left")
    result = zeros(new, a.device, a.dtype)
    source, target = [], []
    for (lo, _), n, m in zip(padding, a.shape, new):
        # indices i of a with 0 <= i + lo < m
        first, behind = max(0, -lo), min(n, m - lo)
        if behind <= first:
            return result
        source.append(slice(first, behind))
        target.append(slice(first + lo, behind + lo))
    result[tuple(target)] = a[tuple(source)]
    return result


def output_size(size, kernel, stride, padding):
    if kernel <= 0 or stride <= 0 or padding < 0:
        raise ValueError(f"kernel {kernel}, stride {stride}, padding {padding}")
    free = size + 2 * padding - kernel
    if free < 0:
        raise ValueError("the kernel is longer than the picture")
    return math.ceil((free + 1) / stride)


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    n, h, w, c = x_shape
    kh, kw = kernel
    _, oh, ow, _ = output_shape(x_shape, (kh, kw, c, 1), stride, padding)
    if columns.shape != (n * oh * ow, kh * kw * c):
        raise ValueError("columns")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    per_window = columns.reshape((n, oh, ow, kh, kw, c))
    out = zeros((n, h + 2 * ph, w + 2 * pw, c), columns.device, columns.dtype)
    for i in range(oh):
        for j in range(ow):
            out[:, i * sh : i * sh + kh, j * sw : j * sw + kw] += per_window[:, i, j]
    return pad(out, [(0, 0), (-ph, -ph), (-pw, -pw), (0, 0)])


def conv_shifted(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, _ = w.shape
    frame = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    out = zeros((n, oh, ow, co), x.device, x.dtype)
    for sample in range(n):
        for a in range(kh):
            for b in range(kw):
                seen = frame[sample, a : a + sh * oh - sh + 1 : sh, b : b + sw * ow - sw + 1 : sw]
                out[sample] += (seen.reshape((oh * ow, ci)) @ w[a, b]).reshape((oh, ow, co))
    return out
