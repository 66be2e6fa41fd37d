"""pad slices with negative numbers instead of cutting edges off, and output_size gives 0 where no window fits.

conv_shifted multiplies a NumPy array by an NDArray.

Ideas: longer_kernel_not_refused, negative_number_as_an_index.
"""


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError("one pair for each axis, please")
    shape = [n + l + h for n, (l, h) in zip(a.shape, padding)]
    if any(n < 0 for n in shape):
        raise ValueError("padding cuts off too much")
    out = zeros(shape, a.device, a.dtype)
    where = tuple(slice(l, l + n) for n, (l, h) in zip(a.shape, padding))  # wrong: a negative number has to cut the edge of a
    out[where] = a
    return out


def output_size(size, kernel, stride, padding):
    if stride < 1 or kernel < 1 or padding < 0:
        raise ValueError("bad stride, kernel or padding")
    return max((size + 2 * padding - kernel) // stride + 1, 0)  # wrong: if the kernel does not fit, this is an error


def conv_shifted(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)]).numpy()
    out = zeros((n * oh * ow, co), x.device, x.dtype)
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            rows = xp[:, a : a + sh * (oh - 1) + 1 : sh, b : b + sw * (ow - 1) + 1 : sw].reshape(-1, w.shape[2])
            out = out + rows @ w[a, b]  # wrong: rows is a NumPy array and w[a, b] is none
    return out.reshape((n, oh, ow, co))
