"""Height and width are dilated in one call with the height's stride, and all zeros stay.

Ideas: cut_forgotten, stride_of_the_height_for_both.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    expected = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != expected:
        raise ValueError(f"expected {expected}")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    if s_h > 1 or s_w > 1:
        out_grad = dilate(out_grad, (1, 2), s_h - 1)
    k_h, k_w = w.shape[0], w.shape[1]
    out_grad = pad(out_grad, ((0, 0), (k_h - 1 - p_h,) * 2, (k_w - 1 - p_w,) * 2, (0, 0)))
    return conv(out_grad, flip(w, (0, 1)).permute((0, 1, 3, 2)))
