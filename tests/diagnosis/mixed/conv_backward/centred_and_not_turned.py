"""Finds the padding from the shapes, centred, and does not turn the kernel.

Ideas: edge_centered_around_all_zeros, kernel_not_flipped.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError(f"unexpected shape {out_grad.shape}")
    (s1, s2) = pair(stride)
    _, H, W, _ = x_shape
    K1, K2 = w.shape[:2]
    G = dilate(dilate(out_grad, (1,), s1 - 1), (2,), s2 - 1)
    total_h = H - G.shape[1] + K1 - 1
    total_w = W - G.shape[2] + K2 - 1
    G = pad(
        G, ((0, 0), (total_h // 2, total_h - total_h // 2), (total_w // 2, total_w - total_w // 2), (0, 0))
    )
    return conv(G, w.permute((0, 1, 3, 2)))
