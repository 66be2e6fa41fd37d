"""pad gives its argument back if all numbers are 0, and im2col counts the windows with the padding twice.

Ideas: padding_counted_twice_in_im2col, same_array_when_nothing_to_pad.
"""



def pad(a, padding):
    if len(padding) != len(a.shape):
        raise ValueError("padding needs one pair for each axis")
    if all(lo == 0 and hi == 0 for lo, hi in padding):
        return a  # wrong: the result has to be new
    for axis, (lo, hi) in enumerate(padding):
        n = a.shape[axis]
        if n + lo + hi < 0:
            raise ValueError("nothing would be left")
        front = [slice(None)] * a.ndim
        front[axis] = slice(max(-lo, 0), n - max(-hi, 0))
        a = a[tuple(front)]
        shape = list(a.shape)
        shape[axis] += max(lo, 0) + max(hi, 0)
        out = zeros(tuple(shape), a.device, a.dtype)
        front[axis] = slice(max(lo, 0), max(lo, 0) + a.shape[axis])
        out[tuple(front)] = a
        a = out
    return a


def im2col(x, kernel, stride=1, padding=0):
    (ph, pw), (sh, sw) = pair(padding), pair(stride)
    kh, kw = kernel
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    n, h, wd, c = xp.shape
    oh, ow = output_size(h, kh, sh, ph), output_size(wd, kw, sw, pw)  # wrong: h and wd have the padding already
    rows = zeros((n, oh, ow, kh * kw * c), x.device, x.dtype)
    for i in range(oh):
        for j in range(ow):
            patch = xp[:, i * sh : i * sh + kh, j * sw : j * sw + kw, :]
            rows[:, i, j, :] = patch.reshape((n, kh * kw * c))
    return rows.reshape((n * oh * ow, kh * kw * c))
