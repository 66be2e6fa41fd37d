"""Leaves the result of conv in its order (C_in, K, K, C_out), and the zeros behind the last window.

Ideas: not_permuted_back, last_zeros_kept.
"""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    expected = output_shape(x.shape, w_shape, stride, padding)
    if tuple(out_grad.shape) != expected:
        raise ValueError(f"{out_grad.shape} != {expected}")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    dilated = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    # batch <-> channel, so that conv accumulates over the batch
    x_t = x.permute((3, 1, 2, 0))
    g_t = dilated.permute((1, 2, 0, 3))
    return conv(x_t, g_t, stride=1, padding=(ph, pw))
