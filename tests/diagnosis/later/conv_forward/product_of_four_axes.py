"""Multiplies four axes with @, as NumPy allows; pad hands back its argument if there is nothing to pad.

Ideas: same_array_when_nothing_to_pad, four_axes_multiplied.
"""


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("padding")
    if all(lo == 0 and hi == 0 for lo, hi in padding):
        return a  # wrong: always a new array
    shape = [n + lo + hi for n, (lo, hi) in zip(a.shape, padding)]
    if any(n < 0 for n in shape):
        raise ValueError("cuts too much")
    out = zeros(shape, a.device, a.dtype)
    src, dst = [], []
    for n, (lo, hi) in zip(a.shape, padding):
        first, last = max(0, -lo), min(n, n + hi)
        last = max(last, first)
        src.append(slice(first, last))
        dst.append(slice(first + lo, last + lo))
    out[tuple(dst)] = a[tuple(src)]
    return out


def conv_shifted(x, w, stride=1, padding=0):
    shape = output_shape(x.shape, w.shape, stride, padding)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros(shape, x.device, x.dtype)
    for a, b in itertools.product(range(w.shape[0]), range(w.shape[1])):
        px = x[:, a : a + sh * (shape[1] - 1) + 1 : sh, b : b + sw * (shape[2] - 1) + 1 : sw]
        out = out + px @ w[a, b]  # wrong: @ multiplies two matrices only
    return out
