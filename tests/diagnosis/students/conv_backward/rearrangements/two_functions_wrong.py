"""undilate keeps the last of each run, and x_grad's kernel is not flipped: two mistakes in two functions.

Ideas: last_of_each_kept, kernel_not_flipped.
"""

from ndarray import normalize_axes


def undilate(a, axes, dilation):
    if dilation < 0:
        raise ValueError("dilation")
    axes = normalize_axes(axes, a.ndim)
    take = [slice(dilation, None, dilation + 1) if i in axes else slice(None) for i in range(a.ndim)]
    return a[tuple(take)]


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kh, kw, _, _ = w.shape
    up = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    up = up[:, : x_shape[1] + 2 * ph - kh + 1, : x_shape[2] + 2 * pw - kw + 1]
    up = pad(up, ((0, 0), (kh - 1 - ph, kh - 1 - ph), (kw - 1 - pw, kw - 1 - pw), (0, 0)))
    return conv(up, w.permute((0, 1, 3, 2)))
