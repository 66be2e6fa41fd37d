"""conv_x_grad puts the rows that the stride left over in front of the gradient instead of behind it.

Ideas: remainder_at_the_top_left.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    o_shape = output_shape(x_shape, w.shape, stride, padding)
    if tuple(out_grad.shape) != tuple(o_shape):
        raise ValueError("out_grad has a wrong shape")
    kh, kw, _, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    # remainder of the division in output_size
    rh = (x_shape[1] + 2 * ph - kh) % sh
    rw = (x_shape[2] + 2 * pw - kw) % sw
    g = dilate(out_grad, 1, sh - 1)[:, : (o_shape[1] - 1) * sh + 1]
    g = dilate(g, 2, sw - 1)[:, :, : (o_shape[2] - 1) * sw + 1]
    g = pad(
        g,
        [
            (0, 0),
            (kh - 1 - ph + rh, kh - 1 - ph),  # wrong: the remainder is at the end
            (kw - 1 - pw + rw, kw - 1 - pw),  # wrong: the remainder is at the end
            (0, 0),
        ],
    )
    return conv(g, flip(w.permute((0, 1, 3, 2)), (0, 1)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    o_shape = output_shape(x.shape, w_shape, stride, padding)
    if tuple(out_grad.shape) != tuple(o_shape):
        raise ValueError("out_grad has a wrong shape")
    kh, kw, ci, co = w_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    xp = x.pad(((0, 0), (ph, ph), (pw, pw), (0, 0)))
    n, oh, ow, _ = o_shape
    view = xp.as_strided(
        (kh, kw, ci, n, oh, ow),
        (
            xp.strides[1],
            xp.strides[2],
            xp.strides[3],
            xp.strides[0],
            xp.strides[1] * sh,
            xp.strides[2] * sw,
        ),
    )
    return (view.reshape((kh * kw * ci, n * oh * ow)) @ out_grad.reshape((n * oh * ow, co))).reshape(w_shape)
