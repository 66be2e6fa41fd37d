"""col2im returns the padded picture: it does not cut the frame off.

Ideas: frame_returned.
"""

from ndarray import zeros


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    kh, kw = kernel
    n, h, w, c = x_shape
    _, oh, ow, _ = output_shape(x_shape, (kh, kw, c, 1), stride, padding)
    if tuple(columns.shape) != (n * oh * ow, kh * kw * c):
        raise ValueError("columns")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    col = columns.reshape((n, oh, ow, kh, kw, c))
    img = zeros((n, h + 2 * ph, w + 2 * pw, c), columns.device, columns.dtype)
    for y in range(kh):
        for z in range(kw):
            part = (slice(None), slice(y, y + sh * (oh - 1) + 1, sh), slice(z, z + sw * (ow - 1) + 1, sw))
            img[part] = img[part] + col[:, :, :, y, z, :]
    return img
