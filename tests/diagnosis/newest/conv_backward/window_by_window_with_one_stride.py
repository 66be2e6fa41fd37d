"""conv_x_grad takes the stride of the height for both axes, and conv_w_grad divides by the number of pictures.

Ideas: mean_over_pictures, stride_of_the_height_for_both.
"""


def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    N, OH, OW, C_out = output_shape(x_shape, w.shape, stride, padding)
    if out_grad.shape != (N, OH, OW, C_out):
        raise ValueError(f"out_grad should be {(N, OH, OW, C_out)} but is {out_grad.shape}")
    KH, KW, C_in, _ = w.shape
    N, H, W, C_in = x_shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    grad = zeros((N, H + 2 * ph, W + 2 * pw, C_in), w.device, w.dtype)
    wt = w.reshape((KH * KW * C_in, C_out)).permute((1, 0))
    for i in range(OH):
        for j in range(OW):
            r, c = i * sh, j * sh  # wrong: columns are sw apart
            patch = out_grad[:, i, j, :] @ wt
            grad[:, r : r + KH, c : c + KW, :] += patch.reshape((N, KH, KW, C_in))
    return grad[:, ph : ph + H, pw : pw + W, :].compact()


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, OH, OW, C_out = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, OH, OW, C_out):
        raise ValueError(f"out_grad should be {(N, OH, OW, C_out)} but is {out_grad.shape}")
    KH, KW, C_in, _ = w_shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    grad = zeros((KH * KW * C_in, C_out), x.device, x.dtype)
    for i in range(OH):
        for j in range(OW):
            patch = x[:, i * sh : i * sh + KH, j * sw : j * sw + KW, :].reshape((N, KH * KW * C_in))
            grad += patch.permute((1, 0)) @ out_grad[:, i, j, :]
    return grad.reshape(tuple(w_shape)) / N  # wrong: the gradients of the pictures are only added up
