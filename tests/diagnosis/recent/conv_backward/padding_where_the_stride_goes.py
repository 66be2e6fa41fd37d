"""conv_x_grad calls conv with padding and stride in each other's place, so every call ends in an error."""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError(f"got {out_grad.shape}")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    kh, kw = w.shape[0], w.shape[1]
    big = dilate(out_grad, (1,), s_h - 1)
    big = dilate(big, (2,), s_w - 1)
    extra_h = x_shape[1] + 2 * p_h - kh + 1 - big.shape[1]
    extra_w = x_shape[2] + 2 * p_w - kw + 1 - big.shape[2]
    big = pad(
        big,
        [(0, 0), (kh - 1 - p_h, kh - 1 - p_h + extra_h), (kw - 1 - p_w, kw - 1 - p_w + extra_w), (0, 0)],
    )
    rotated = flip(w, (0, 1))
    swapped = rotated.permute((0, 1, 3, 2))
    return conv(big, swapped, 0, 1)  # wrong: stride comes before padding
