"""A whole file: a flip that arrays do not have, copies for views, the padding H - H' + p, all zeros kept.

Ideas: undilate_copies, cut_forgotten, last_zeros_kept, out_grad_of_any_shape,
out_grad_of_any_shape_in_w_grad, axes_that_are_not_there_left_out, negative_axes_not_dilated,
negative_axes_not_undilated, padding_of_the_height_for_both.
"""

from ndarray import zeros


def dilate(a, axes, dilation):
    axes = [axes] if isinstance(axes, int) else axes
    if dilation < 0:
        raise ValueError("dilation")
    new_shape = list(a.shape)
    idxs = [slice(0, a.shape[i], 1) for i in range(len(a.shape))]
    for i in range(len(a.shape)):
        if i in axes:
            new_shape[i] *= dilation + 1
            idxs[i] = slice(0, new_shape[i], dilation + 1)
    out = zeros(tuple(new_shape), a.device, a.dtype)
    out[tuple(idxs)] = a.compact()
    return out


def undilate(a, axes, dilation):
    axes = [axes] if isinstance(axes, int) else axes
    if dilation < 0:
        raise ValueError("dilation")
    idxs = [slice(0, n, dilation + 1 if i in axes else 1) for i, n in enumerate(a.shape)]
    return a[tuple(idxs)].compact()


def flip(a, axes):
    return a.flip(axes).compact()


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    if s_h > 1 or s_w > 1:
        out_grad = dilate(out_grad, (1,), s_h - 1)
        out_grad = dilate(out_grad, (2,), s_w - 1)
    p = x_shape[1] - out_grad.shape[1] + p_h
    return conv(out_grad, flip(w, axes=(0, 1)).permute((0, 1, 3, 2)), padding=p)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    s_h, s_w = pair(stride)
    out_grad = dilate(dilate(out_grad, (1,), s_h - 1), (2,), s_w - 1)
    out_grad = out_grad.permute((1, 2, 0, 3))
    w_grad = conv(x.permute((3, 1, 2, 0)), out_grad, padding=padding)
    return w_grad.permute((1, 2, 0, 3))
