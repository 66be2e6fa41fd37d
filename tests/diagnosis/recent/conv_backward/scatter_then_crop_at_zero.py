"""conv_x_grad adds each output's share to a padded picture and cuts the picture out at the wrong corner.

Ideas: frame_cut_at_one_end.
"""


def conv(x, w, stride=1, padding=0):
    N, Ho, Wo, Co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    xx = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    acc = zeros((N * Ho * Wo, Co), x.device, x.dtype)
    for u in range(kh):
        for v in range(kw):
            part = xx[:, u : u + (Ho - 1) * sh + 1 : sh, v : v + (Wo - 1) * sw + 1 : sw]
            acc = acc + part.reshape((N * Ho * Wo, ci)) @ w[u, v]
    return acc.reshape((N, Ho, Wo, Co))


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, Ho, Wo, Co = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (N, Ho, Wo, Co):
        raise ValueError("wrong out_grad")
    kh, kw, ci, _ = w.shape
    _, H, W, _ = x_shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    big = zeros((N, H + 2 * ph, W + 2 * pw, ci), out_grad.device, out_grad.dtype)
    wmat = w.reshape((kh * kw * ci, Co)).permute((1, 0))
    for i in range(Ho):
        for j in range(Wo):
            share = (out_grad[:, i, j, :] @ wmat).reshape((N, kh, kw, ci))
            big[:, i * sh : i * sh + kh, j * sw : j * sw + kw, :] += share
    return big[:, :H, :W, :].compact()  # wrong: the picture begins at ph and pw
