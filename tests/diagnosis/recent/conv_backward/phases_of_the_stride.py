"""Nothing is wrong here: conv_x_grad treats the pixels of each remainder of the stride by themselves, and
conv is a product for each place of the kernel."""


def conv(x, w, stride=1, padding=0):
    batch, rows, cols, channels = output_shape(x.shape, w.shape, stride, padding)
    steps, borders = pair(stride), pair(padding)
    framed = pad(x, [(0, 0), *((b, b) for b in borders), (0, 0)])
    total = None
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            seen = framed[:, a:, b:][:, :: steps[0], :: steps[1]][:, :rows, :cols]
            term = seen.reshape((batch * rows * cols, w.shape[2])) @ w[a, b]
            total = term if total is None else total + term
    return total.reshape((batch, rows, cols, channels))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    batch, rows, cols, c_out = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (batch, rows, cols, c_out):
        raise ValueError(f"out_grad {out_grad.shape} is not conv's output")
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    k_h, k_w, c_in, _ = w.shape
    # as many pixels as are needed so that every phase has one length
    tall = -(-(x_shape[1] + 2 * p_h + k_h) // s_h)
    wide = -(-(x_shape[2] + 2 * p_w + k_w) // s_w)
    out = zeros((batch, tall * s_h, wide * s_w, c_in), out_grad.device, out_grad.dtype)
    for phase_h in range(s_h):
        for phase_w in range(s_w):
            here = out[:, phase_h::s_h, phase_w::s_w]
            for a in range(phase_h, k_h, s_h):
                for b in range(phase_w, k_w, s_w):
                    i, j = a // s_h, b // s_w
                    flat = out_grad.reshape((batch * rows * cols, c_out)) @ w[a, b].permute((1, 0))
                    target = here[:, i : i + rows, j : j + cols]
                    target[...] = target + flat.reshape((batch, rows, cols, c_in))
    return out[:, p_h : p_h + x_shape[1], p_w : p_w + x_shape[2]].copy()


def flip(a, axes):
    turned = set(normalize_axes(axes, a.ndim))
    return a[tuple(slice(None, None, -1 if axis in turned else 1) for axis in range(a.ndim))]
