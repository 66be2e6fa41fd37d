"""conv_x_grad transposes the kernel as a picture too: it exchanges height and width with the channels.

Ideas: height_and_width_of_the_kernel_exchanged.
"""


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    off = a.offset + sum((a.shape[i] - 1) * a.strides[i] for i in axes if a.shape[i] > 0)
    st = tuple(-s if i in axes else s for i, s in enumerate(a.strides))
    return a.as_strided(a.shape, st, off if a.size else 0)


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, H, W, C = x_shape
    KH, KW, _, O = w.shape
    if out_grad.shape != output_shape(x_shape, w.shape, stride, padding):
        raise ValueError("shape of out_grad")
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    G = zeros((N, H + 2 * ph - KH + 1, W + 2 * pw - KW + 1, O), out_grad.device, out_grad.dtype)
    G[:, ::sh, ::sw, :] = out_grad
    G = pad(G, [(0, 0), (KH - 1 - ph, KH - 1 - ph), (KW - 1 - pw, KW - 1 - pw), (0, 0)])
    # transposed kernel
    wt = flip(w, (0, 1)).permute((1, 0, 3, 2))  # wrong: height and width stay in their places
    return conv(G, wt)
