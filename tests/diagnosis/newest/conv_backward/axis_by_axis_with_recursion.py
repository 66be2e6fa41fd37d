"""Nothing is wrong here: the views are made one axis at a time, and dilate writes through undilate."""


def _one(a, axis, shape, stride, first):
    new_shape, new_strides = list(a.shape), list(a.strides)
    new_shape[axis], new_strides[axis] = shape, stride
    offset = a.offset + first if a.size else a.offset
    return a.as_strided(tuple(new_shape), tuple(new_strides), offset)


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    if not axes:
        return a
    head, *tail = axes
    n, step = a.shape[head], a.strides[head]
    return flip(_one(a, head, n, -step, (n - 1) * step), tail)


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation is negative")
    axes = normalize_axes(axes, a.ndim)
    if not axes:
        return a
    n, step = a.shape[axes[0]], a.strides[axes[0]]
    return undilate(_one(a, axes[0], -(-n // (dilation + 1)), step * (dilation + 1), 0), axes[1:], dilation)


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation is negative")
    axes = normalize_axes(axes, a.ndim)
    out = zeros([n * (dilation + 1) if i in axes else n for i, n in enumerate(a.shape)], a.device, a.dtype)
    undilate(out, axes, dilation)[...] = a
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    expected = output_shape(x_shape, w.shape, stride, padding)
    if expected != out_grad.shape:
        raise ValueError(f"expected {expected}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    big = zeros((x_shape[0], x_shape[1] + w.shape[0] - 1 + ph, x_shape[2] + w.shape[1] - 1 + pw, w.shape[3]), w.device, w.dtype)
    for i in range(expected[1]):
        for j in range(expected[2]):
            row, col = w.shape[0] - 1 + sh * i, w.shape[1] - 1 + sw * j
            if row < big.shape[1] and col < big.shape[2]:
                big[:, row, col] = out_grad[:, i, j]
    return conv(big[:, ph:, pw:], flip(w, (0, 1)).permute((0, 1, 3, 2)))
