"""Pads by max(K - 1 - p, 0), keeps all zeros, and never looks at the shape of out_grad.

Ideas: cut_forgotten, last_zeros_kept, negative_edge_taken_for_none, out_grad_of_any_shape,
out_grad_of_any_shape_in_w_grad.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    K1, K2, C_in, C_out = w.shape
    if sh > 1:
        out_grad = dilate(out_grad, axes=(1,), dilation=sh - 1)
    if sw > 1:
        out_grad = dilate(out_grad, axes=(2,), dilation=sw - 1)
    # (H + 2p - K + 1) + 2 new_p - K + 1 = H, so new_p = K - 1 - p
    return conv(
        out_grad,
        flip(w, axes=(0, 1)).permute((0, 1, 3, 2)),
        padding=(max(K1 - 1 - ph, 0), max(K2 - 1 - pw, 0)),
    )


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    sh, sw = pair(stride)
    if sh > 1:
        out_grad = dilate(out_grad, axes=(1,), dilation=sh - 1)
    if sw > 1:
        out_grad = dilate(out_grad, axes=(2,), dilation=sw - 1)
    return conv(x.permute((3, 1, 2, 0)), out_grad.permute((1, 2, 0, 3)), padding=padding).permute((1, 2, 0, 3))
