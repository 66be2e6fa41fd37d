"""conv_x_grad exchanges the kernel's spatial axes too, and conv_w_grad calls permute as PyTorch does.

Ideas: height_and_width_of_the_kernel_exchanged, numbers_given_to_permute_in_w_grad.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError(f"bad out_grad {out_grad.shape}")
    _, H, W, _ = x_shape
    kh, kw, _, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    kernel = flip(w, (0, 1)).permute((1, 0, 3, 2))  # wrong: rows and columns of the kernel stay in place
    g = dilate(out_grad, 1, sh - 1)
    g = dilate(g, 2, sw - 1)
    top, left = kh - 1 - ph, kw - 1 - pw
    bottom = H + kh - 1 - g.shape[1] - top
    right = W + kw - 1 - g.shape[2] - left
    g = pad(g, [(0, 0), (top, bottom), (left, right), (0, 0)])
    return conv(g, kernel)


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    if tuple(out_grad.shape) != output_shape(x.shape, w_shape, stride, padding):
        raise ValueError(f"bad out_grad {out_grad.shape}")
    kh, kw, _, _ = w_shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    x = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    g = dilate(dilate(out_grad, 1, sh - 1), 2, sw - 1)
    g = pad(g, [(0, 0), (0, x.shape[1] - kh + 1 - g.shape[1]), (0, x.shape[2] - kw + 1 - g.shape[2]), (0, 0)])
    x = x.permute(3, 1, 2, 0)  # wrong: permute takes one tuple
    g = g.permute(1, 2, 0, 3)  # wrong: permute takes one tuple
    return conv(x, g).permute(1, 2, 0, 3)  # wrong: permute takes one tuple
