"""dilate puts zeros only between the elements, as dilation in PyTorch does, and the gradients live with it.

Ideas: no_zeros_after_the_last.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    ax = normalize_axes(axes, a.ndim)
    shape = list(a.shape)
    for i in ax:
        shape[i] = (shape[i] - 1) * (dilation + 1) + 1  # wrong: zeros follow the last element too
    out = zeros(tuple(shape), device=a.device, dtype=a.dtype)
    where = [slice(None)] * a.ndim
    for i in ax:
        where[i] = slice(0, shape[i], dilation + 1)
    out[tuple(where)] = a
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    expect = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != expect:
        raise ValueError(f"bad shape {out_grad.shape}, wanted {expect}")
    strides, paddings = pair(stride), pair(padding)
    g = out_grad
    for axis in (1, 2):
        g = dilate(g, (axis,), strides[axis - 1] - 1)
    # pad so that a stride 1 conv gives back exactly x_shape
    widths = [(0, 0)]
    for axis in (1, 2):
        K, p = w.shape[axis - 1], paddings[axis - 1]
        low = K - 1 - p
        high = x_shape[axis] + K - 1 - low - g.shape[axis]
        widths.append((low, high))
    widths.append((0, 0))
    kernel = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(pad(g, widths), kernel, stride=1, padding=0)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    expect = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != expect:
        raise ValueError(f"bad shape {out_grad.shape}, wanted {expect}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, (1,), sh - 1), (2,), sw - 1)
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    # only this much of x is ever used
    gh, gw = (expect[1] - 1) * sh + 1, (expect[2] - 1) * sw + 1
    xp = xp[:, : gh + w_shape[0] - 1, : gw + w_shape[1] - 1, :]
    g = g[:, :gh, :gw, :]
    res = conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
    return res.permute((1, 2, 0, 3))
