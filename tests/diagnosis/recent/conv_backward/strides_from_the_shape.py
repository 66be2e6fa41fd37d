"""flip computes the strides from the shape, as if every array were compact; conv_x_grad calls it with the kernel."""


def _compact_strides(shape):
    result, step = [], 1
    for n in reversed(shape):
        result.append(step)
        step *= n
    return result[::-1]


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim, a.shape)
    strides = _compact_strides(a.shape)  # wrong: a view has strides of its own
    offset = a.offset
    for ax in axes:
        offset += strides[ax] * max(a.shape[ax] - 1, 0)
        strides[ax] = -strides[ax]
    return a.as_strided(a.shape, strides, offset)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != tuple(output_shape(x_shape, w.shape, stride, padding)):
        raise ValueError("shape mismatch")
    strides, pads = pair(stride), pair(padding)
    grad = out_grad
    edges = [(0, 0)]
    for d in (0, 1):
        grad = dilate(grad, d + 1, strides[d] - 1)
        k = w.shape[d]
        low = k - 1 - pads[d]
        edges.append((low, x_shape[d + 1] + k - 1 - low - grad.shape[d + 1]))
    edges.append((0, 0))
    return conv(pad(grad, edges), flip(w.permute((0, 1, 3, 2)), (0, 1)))  # the kernel arrives as a view here
