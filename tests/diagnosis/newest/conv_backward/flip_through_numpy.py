"""flip copies through NumPy and takes axes twice, and conv_w_grad turns the gradient around as for the input.

Ideas: flip_copies, flipped_once_if_named_twice, out_grad_flipped.
"""

from ndarray import array


def flip(a, axes):
    if isinstance(axes, int):
        axes = (axes,)
    index = [slice(None)] * a.ndim
    for ax in axes:
        index[ax] = slice(None, None, -1)  # wrong: an axis that is named twice is no error
    return array(a.numpy()[tuple(index)], a.device, a.dtype)  # wrong: this is a copy


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    out_shape = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != out_shape:
        raise ValueError(f"{out_grad.shape} != {out_shape}")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    dil = dilate(dilate(out_grad, 1, s_h - 1), 2, s_w - 1)
    x_pad = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    need_h, need_w = x_pad.shape[1] - w_shape[0] + 1, x_pad.shape[2] - w_shape[1] + 1
    dil = pad(dil, [(0, 0), (0, need_h - dil.shape[1]), (0, need_w - dil.shape[2]), (0, 0)])
    dil = flip(dil, (1, 2))  # wrong: for the kernel the gradient is not turned around
    out = conv(x_pad.permute((3, 1, 2, 0)), dil.permute((1, 2, 0, 3)))
    return out.permute((1, 2, 0, 3)).compact()
