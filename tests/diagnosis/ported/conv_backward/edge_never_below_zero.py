"""x_grad pads by max(K - 1 - p, 0), and keeps the zeros behind the last element.

Ideas: cut_forgotten, negative_edge_taken_for_none.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("out_grad")
    s, p = pair(stride), pair(padding)
    g = dilate(dilate(out_grad, 1, s[0] - 1), 2, s[1] - 1)
    new_p = (max(w.shape[0] - 1 - p[0], 0), max(w.shape[1] - 1 - p[1], 0))
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)), padding=new_p)
