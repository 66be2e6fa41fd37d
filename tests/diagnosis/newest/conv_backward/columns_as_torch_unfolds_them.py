"""The columns have the channels first, as F.unfold orders them, but the product is reshaped as if they came last.

Ideas: last_weight_wins, reshaped_for_permuted_back.
"""


def _unfold(x, kernel, stride, out):
    n, _, _, c = x.shape
    cols = zeros((n, out[0], out[1], c, kernel[0], kernel[1]), x.device, x.dtype)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            cols[:, :, :, :, i, j] = x[
                :,
                i : i + stride[0] * (out[0] - 1) + 1 : stride[0],
                j : j + stride[1] * (out[1] - 1) + 1 : stride[1],
                :,
            ]
    return cols.reshape((n * out[0] * out[1], c * kernel[0] * kernel[1]))


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    n, oh, ow, c_out = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (n, oh, ow, c_out):
        raise ValueError("wrong out_grad")
    ph, pw = pair(padding)
    x = pad(x, [(0, 0), (ph, ph), (pw, pw), (0, 0)])
    cols = _unfold(x, w_shape[:2], pair(stride), (oh, ow))
    dw = cols.permute((1, 0)) @ out_grad.reshape((n * oh * ow, c_out))
    return dw.reshape(w_shape)  # wrong: the rows of dw are ordered by channel, row, column


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    n, oh, ow, c_out = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (n, oh, ow, c_out):
        raise ValueError("wrong out_grad")
    kh, kw, c_in, _ = w.shape
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    weight = w.permute((2, 0, 1, 3)).reshape((c_in * kh * kw, c_out))
    dcols = out_grad.reshape((n * oh * ow, c_out)) @ weight.permute((1, 0))
    dcols = dcols.reshape((n, oh, ow, c_in, kh, kw))
    dx = zeros((n, x_shape[1] + 2 * ph, x_shape[2] + 2 * pw, c_in), w.device, w.dtype)
    for i in range(kh):
        for j in range(kw):
            dx[:, i : i + sh * (oh - 1) + 1 : sh, j : j + sw * (ow - 1) + 1 : sw] = dcols[..., i, j]  # wrong: pixels in several windows get only the last share
    return pad(dx, [(0, 0), (-ph, -ph), (-pw, -pw), (0, 0)])
