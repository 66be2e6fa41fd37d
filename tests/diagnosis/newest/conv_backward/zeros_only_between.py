"""dilate puts no zeros after the last element, and undilate divides the length and rounds down.

Ideas: length_of_undilate_rounded_down, no_zeros_after_the_last.
"""


def dilate(a, axes, dilation):
    axes = normalize_axes(axes, a.ndim)
    if dilation < 0:
        raise ValueError(f"dilation {dilation} < 0")
    step = dilation + 1
    shape = tuple((n - 1) * step + 1 if i in axes else n for i, n in enumerate(a.shape))  # wrong: zeros follow the last element too
    out = zeros(shape, a.device, a.dtype)
    out[tuple(slice(None, None, step) if i in axes else slice(None) for i in range(a.ndim))] = a
    return out


def undilate(a, axes, dilation):
    axes = normalize_axes(axes, a.ndim)
    if dilation < 0:
        raise ValueError(f"dilation {dilation} < 0")
    step = dilation + 1
    shape = tuple(n // step if i in axes else n for i, n in enumerate(a.shape))  # wrong: a last group may be shorter
    strides = tuple(s * step if i in axes else s for i, s in enumerate(a.strides))
    return a.as_strided(shape, strides)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad does not fit")
    stride, padding = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, stride[0] - 1), 2, stride[1] - 1)
    edges = [(0, 0)]
    for size, k, p, have in zip(x_shape[1:3], w.shape[:2], padding, g.shape[1:3]):
        low = k - 1 - p
        edges.append((low, size + k - 1 - low - have))
    return conv(pad(g, edges + [(0, 0)]), flip(w, (0, 1)).permute((0, 1, 3, 2)))
