"""conv_x_grad takes a stride as (width, height), and conv_w_grad needs a square padding.

Ideas: columns_padded_by_the_height_in_w_grad, padding_of_the_height_for_both_in_w_grad, strides_exchanged,
strides_exchanged_with_what_they_leave_over.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    want = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != want:
        raise ValueError(f"expected out_grad of shape {want}")
    sw, sh = pair(stride)  # wrong: a pair is (height, width)
    ph, pw = pair(padding)
    N, H, W, C = x_shape
    kh, kw = w.shape[0], w.shape[1]
    g = dilate(out_grad, (1,), sh - 1)
    g = dilate(g, (2,), sw - 1)
    rem_h = (H + 2 * ph - kh) % sh
    rem_w = (W + 2 * pw - kw) % sw
    g = g[:, : g.shape[1] - (sh - 1 - rem_h), : g.shape[2] - (sw - 1 - rem_w), :]
    g = pad(g, [(0, 0), (kh - 1 - ph, kh - 1 - ph), (kw - 1 - pw, kw - 1 - pw), (0, 0)])
    return conv(g, flip(w, (0, 1)).permute((0, 1, 3, 2)))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    want = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != want:
        raise ValueError(f"expected out_grad of shape {want}")
    sh, sw = pair(stride)
    N, H, W, C = x.shape
    p = padding if isinstance(padding, int) else padding[0]  # wrong: the width has its own padding
    g = dilate(out_grad, (1,), sh - 1)
    g = dilate(g, (2,), sw - 1)
    rem_h = (H + 2 * p - w_shape[0]) % sh
    rem_w = (W + 2 * p - w_shape[1]) % sw
    g = g[:, : g.shape[1] - (sh - 1 - rem_h), : g.shape[2] - (sw - 1 - rem_w), :]
    res = conv(x.permute((3, 1, 2, 0)), g.permute((1, 2, 0, 3)), 1, p)
    return res.permute((1, 2, 0, 3))
