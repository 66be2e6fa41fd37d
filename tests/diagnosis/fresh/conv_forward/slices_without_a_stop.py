"""conv_shifted takes every s-th pixel up to the end of the picture; pad writes up to -high, which is empty for 0.

Ideas: minus_zero_as_an_end, shifted_pixels_to_the_end.
"""


def conv_shifted(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, ci, _ = w.shape
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((n * oh * ow, co), x.device, x.dtype)
    for a in range(kh):
        for b in range(kw):
            pixels = x[:, a::sh, b::sw, :]  # wrong: the slice goes beyond the last window
            out += pixels.reshape((n * oh * ow, ci)) @ w[a, b]
    return out.reshape((n, oh, ow, co))


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair per axis")
    shape = tuple(n + lo + hi for n, (lo, hi) in zip(a.shape, padding))
    if any(n < 0 for n in shape):
        raise ValueError("too much cut off")
    out = zeros(shape, a.device, a.dtype)
    inner = tuple(slice(lo, -hi) for lo, hi in padding)  # wrong: -0 is the start, not the end
    out[inner] = a
    return out
