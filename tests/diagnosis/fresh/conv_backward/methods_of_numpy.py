"""Calls methods that NumPy's arrays have and NDArray has not; flip indexes with a list.

Ideas: transpose_called_in_x_grad, swapaxes_called_in_w_grad.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    index = [slice(None)] * a.ndim
    for ax in axes:
        index[ax] = slice(None, None, -1)
    return a[index]  # wrong: an index of several axes is a tuple


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("wrong shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[:2]
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x_shape[1] + 2 * ph - kh + 1, : x_shape[2] + 2 * pw - kw + 1]
    w_flip = w[::-1, ::-1].transpose((0, 1, 3, 2))  # wrong: the method is named permute
    eh, ew = kh - 1 - ph, kw - 1 - pw
    return conv(pad(g, ((0, 0), (eh, eh), (ew, ew), (0, 0))), w_flip)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError("wrong shape")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w_shape[:2]
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = g[:, : x.shape[1] + 2 * ph - kh + 1, : x.shape[2] + 2 * pw - kw + 1]
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    dw = conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
    return dw.swapaxes(0, 1).swapaxes(1, 2)  # wrong: NDArray has no swapaxes
