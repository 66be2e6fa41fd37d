"""flip as a course of other arrays wants it: compact, and from offset 0. dilate asks `in axes` of what it gets.

Ideas: axes_that_are_not_there_left_out, negative_axes_not_dilated,
offset_of_the_view_dropped, flip_copies_from_the_start_of_the_buffer.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must be >= 0")
    shape = [n * (dilation + 1) if i in axes else n for i, n in enumerate(a.shape)]  # wrong: one int has no `in`, a negative axis is in none
    out = zeros(tuple(shape), a.device, a.dtype)
    sl = tuple(slice(0, n, dilation + 1) if i in axes else slice(0, n) for i, n in enumerate(shape))
    out[sl] = a
    return out


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    strides = list(a.strides)
    offset = 0  # wrong: the offset of a itself is lost
    for ax in axes:
        offset += (a.shape[ax] - 1) * a.strides[ax]
        strides[ax] = -strides[ax]
    return a.as_strided(a.shape, tuple(strides), offset).compact()  # wrong: a copy, where a view is asked for


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape of out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw = w.shape[:2]
    g = dilate(out_grad, (1,), sh - 1)
    g = dilate(g, (2,), sw - 1)
    g = g[:, : x_shape[1] + 2 * ph - kh + 1, : x_shape[2] + 2 * pw - kw + 1, :]
    kernel = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(pad(g, ((0, 0), (kh - 1 - ph,) * 2, (kw - 1 - pw,) * 2, (0, 0))), kernel)
