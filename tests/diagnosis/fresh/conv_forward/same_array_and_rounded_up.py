"""pad hands back its argument if there is nothing to do; output_size rounds up.

Ideas: same_array_when_nothing_to_pad, one_window_too_many.
"""

import math


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError(f"need {a.ndim} pairs")
    if all(lo == 0 and hi == 0 for lo, hi in padding):
        return a  # wrong: not a new array
    shape = [n + lo + hi for n, (lo, hi) in zip(a.shape, padding)]
    if min(shape) < 0:
        raise ValueError("negative length")
    out = zeros(shape, a.device, a.dtype)
    src, dst = [], []
    for n, (lo, hi) in zip(a.shape, padding):
        src.append(slice(max(-lo, 0), n - max(-hi, 0)))
        dst.append(slice(max(lo, 0), max(lo, 0) + n - max(-hi, 0) - max(-lo, 0)))
    out[tuple(dst)] = a[tuple(src)]
    return out


def output_size(size, kernel, stride, padding):
    if stride < 1 or kernel < 1 or padding < 0:
        raise ValueError("bad arguments")
    if kernel > size + 2 * padding:
        raise ValueError("kernel too long")
    return math.ceil((size + 2 * padding - kernel + 1) / stride + 1)  # wrong: windows are counted too many
