"""Keeps all zeros that dilate adds, and asserts that K - 1 - p is not negative: two mistakes.

Ideas: cut_forgotten, negative_edge_asserted_away.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    p1 = w.shape[0] - 1 - ph
    p2 = w.shape[1] - 1 - pw
    assert p1 >= 0 and p2 >= 0, "padding too large"
    up = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    wt = flip(w, (0, 1)).permute((0, 1, 3, 2))
    return conv(up, wt, 1, (p1, p2))
