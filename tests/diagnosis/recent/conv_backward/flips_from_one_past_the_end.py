"""flip starts one element behind the last, so as_strided refuses most arrays; the kernel's gradient to x calls
flip.

Ideas: start_at_the_size.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim, a.shape)
    strides = list(a.strides)
    offset = a.offset
    for ax in axes:
        offset += a.shape[ax] * a.strides[ax]  # wrong: the last element is at shape - 1
        strides[ax] *= -1
    if a.size == 0:
        return a
    return a.as_strided(a.shape, tuple(strides), offset)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    shape = output_shape(x_shape, w.shape, stride, padding)
    if shape != out_grad.shape:
        raise ValueError(f"{out_grad.shape} is not {shape}")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw = w.shape[:2]
    g = dilate(out_grad, [1], sh - 1)
    g = dilate(g, [2], sw - 1)
    rest_h = x_shape[1] + kh - 1 - (kh - 1 - ph) - g.shape[1]
    rest_w = x_shape[2] + kw - 1 - (kw - 1 - pw) - g.shape[2]
    g = pad(g, [(0, 0), (kh - 1 - ph, rest_h), (kw - 1 - pw, rest_w), (0, 0)])
    return conv(g, flip(w, [0, 1]).permute([0, 1, 3, 2]))
