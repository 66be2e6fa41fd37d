"""col2im writes instead of adding, leaves the frame on, and looks at no shape of the columns.

Ideas: columns_of_any_shape, frame_returned, windows_overwritten.
"""


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    N, H, W, C = x_shape
    kh, kw = kernel
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    oh, ow = output_size(H, kh, sh, ph), output_size(W, kw, sw, pw)
    cols = columns.reshape((N, oh, ow, kh, kw, C))  # wrong: columns of another shape with as many numbers pass
    img = zeros((N, H + 2 * ph, W + 2 * pw, C), columns.device, columns.dtype)
    for a in range(kh):
        for b in range(kw):
            img[:, a : a + sh * oh : sh, b : b + sw * ow : sw, :] = cols[:, :, :, a, b, :]  # wrong: later places overwrite earlier ones
    return img  # wrong: the frame of padding is still there


def conv_shifted(x, w, stride=1, padding=0):
    N, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    acc = zeros((N * oh * ow, co), x.device, x.dtype)
    for a in range(kh):
        for b in range(kw):
            part = xp[:, a : a + sh * oh : sh, b : b + sw * ow : sw, :]
            acc = acc + part.reshape((N * oh * ow, ci)) @ w[a, b]
    return acc.reshape((N, oh, ow, co))
