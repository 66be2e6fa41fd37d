"""dilate as in the textbooks, with zeros only between the elements; height and width padded as before and after.

Ideas: no_zeros_after_the_last, padding_taken_for_the_two_ends_in_w_grad.
"""


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("negative dilation")
    axes = normalize_axes(axes, a.ndim)
    shape = list(a.shape)
    where = [slice(0, n) for n in a.shape]
    for ax in axes:
        shape[ax] = (shape[ax] - 1) * (dilation + 1) + 1  # wrong: zeros after the last element, too
        where[ax] = slice(0, shape[ax], dilation + 1)
    out = zeros(shape, a.device, a.dtype)
    out[tuple(where)] = a
    return out


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, ho, wo, cout = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, ho, wo, cout):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, cin, _ = w_shape
    xp = pad(x, ((0, 0), (ph, pw), (ph, pw), (0, 0)))  # wrong: (ph, ph) and (pw, pw)
    g = out_grad.compact().reshape((n * ho * wo, cout))
    out = zeros(w_shape, x.device, x.dtype)
    for a in range(kh):
        for b in range(kw):
            rows = xp[:, a : a + (ho - 1) * sh + 1 : sh, b : b + (wo - 1) * sw + 1 : sw, :]
            out[a, b] = rows.compact().reshape((n * ho * wo, cin)).permute((1, 0)) @ g
    return out
