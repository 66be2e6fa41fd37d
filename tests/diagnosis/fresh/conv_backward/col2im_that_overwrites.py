"""Columns and back: the way back overwrites where windows overlap. dilate puts zeros between elements only.

Ideas: no_zeros_after_the_last, last_weight_wins.
"""

import itertools


def dilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation must not be negative")
    axes = normalize_axes(axes, a.ndim)
    new_shape = list(a.shape)
    for ax in axes:
        new_shape[ax] = a.shape[ax] + (a.shape[ax] - 1) * dilation  # wrong: no zeros after the last element
    out = zeros(new_shape, a.device, a.dtype)
    index = tuple(slice(0, None, dilation + 1) if ax in axes else slice(None) for ax in range(a.ndim))
    out[index] = a
    return out


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, oh, ow, c_out = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (n, oh, ow, c_out):
        raise ValueError("shapes do not match")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, c_in, _ = w.shape
    g2 = out_grad.compact().reshape((n * oh * ow, c_out))
    w2 = w.compact().reshape((kh * kw * c_in, c_out))
    dcols = (g2 @ w2.permute((1, 0))).reshape((n, oh, ow, kh, kw, c_in))
    dx = zeros((n, x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, c_in), w.device, w.dtype)
    for a, b in itertools.product(range(kh), range(kw)):
        dx[:, a : a + sh * (oh - 1) + 1 : sh, b : b + sw * (ow - 1) + 1 : sw, :] = dcols[:, :, :, a, b, :]  # wrong: overwrites what other windows have put there
    return dx[:, ph : ph + x_shape[1], pw : pw + x_shape[2], :]


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, c_out = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, c_out):
        raise ValueError("shapes do not match")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, c_in, _ = w_shape
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    sn, s1, s2, sc = xp.strides
    cols = xp.as_strided((n, oh, ow, kh, kw, c_in), (sn, sh * s1, sw * s2, s1, s2, sc))
    cols = cols.compact().reshape((n * oh * ow, kh * kw * c_in))
    return (cols.permute((1, 0)) @ out_grad.compact().reshape((n * oh * ow, c_out))).reshape(tuple(w_shape))
