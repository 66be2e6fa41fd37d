"""dilate puts its extra axis before the elements, and the slices of conv_w_grad stop before the last window.

Ideas: all_zeros_behind_the_elements, last_place_left_out_of_the_slice_in_w_grad.
"""


def dilate(a, axes, dilation):
    axes = normalize_axes(axes, a.ndim)
    if dilation < 0:
        raise ValueError("dilation should be >= 0")
    for ax in axes:
        shape = list(a.shape)
        shape.insert(ax, dilation + 1)  # wrong: the zeros of an element have to follow it, so the new axis comes after ax
        spread = zeros(tuple(shape), a.device, a.dtype)
        spread[(slice(None),) * ax + (0,)] = a
        n = a.shape[ax] * (dilation + 1)
        a = spread.reshape(a.shape[:ax] + (n,) + a.shape[ax + 1 :])
    return a.copy()


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    shape = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != shape:
        raise ValueError(f"out_grad must have shape {shape}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    KH, KW = w_shape[0], w_shape[1]
    n, oh, ow, co = shape
    xp = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    xp = xp[:, : sh * (oh - 1) + KH, : sw * (ow - 1) + KW, :]
    g = zeros((n, sh * (oh - 1) + 1, sw * (ow - 1) + 1, co), x.device, x.dtype)
    g[:, : sh * (oh - 1) : sh, : sw * (ow - 1) : sw, :] = out_grad  # wrong: the slice has to stop behind the last element
    big = conv(xp.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)))
    return big.permute((1, 2, 0, 3))
