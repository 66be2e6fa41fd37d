"""Lets conv pad by K - 1 - p, which conv refuses where that number is negative.

Ideas: edge_given_to_conv_as_its_padding.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape mismatch: out_grad")
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    kh, kw, cin, cout = w.shape
    # (H + 2p - K) % s pixels are left over, keep that many zeros
    rh = (x_shape[1] + 2 * ph - kh) % sh
    rw = (x_shape[2] + 2 * pw - kw) % sw
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    g = g[:, : g.shape[1] - (sh - 1) + rh, : g.shape[2] - (sw - 1) + rw]
    w_t = flip(w, axes=(0, 1)).permute((0, 1, 3, 2))
    return conv(g, w_t, stride=1, padding=(kh - 1 - ph, kw - 1 - pw))  # wrong: may be negative
