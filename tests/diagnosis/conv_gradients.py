"""The gradients in a style of their own, with loops and scattered sums, and slips in them."""

from tests.diagnosis.slip import slip

X_GRAD = """
def conv_x_grad(out_grad, w, x_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = two(stride), two(padding)
    n, height, width, c_in = x_shape
    kh, kw, _, c_out = w.shape
    g, k = out_grad.numpy(), w.numpy()
    if g.shape != (n, (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1, c_out):
        raise ValueError("out_grad has another shape than the output")
    _, oh, ow, _ = g.shape
    rows, cols = height + 2 * ph - kh + 1, width + 2 * pw - kw + 1
    big = np.zeros((n, rows + 9, cols + 9, c_out), g.dtype)
    for i in range(oh):
        for j in range(ow):
            big[:, i * sh, j * sw] = g[:, i, j]
    big = big[:, :rows, :cols]
    top, left = kh - 1 - ph, kw - 1 - pw
    low, side = top, left
    framed = np.zeros((n, big.shape[1] + 2 * max(low, 0), big.shape[2] + 2 * max(side, 0), c_out), g.dtype)
    framed[:, max(low, 0):max(low, 0) + big.shape[1], max(side, 0):max(side, 0) + big.shape[2]] = big
    framed = framed[:, max(-low, 0):framed.shape[1] - max(-low, 0)]
    framed = framed[:, :, max(-side, 0):framed.shape[2] - max(-side, 0)]
    turned = k[::-1, ::-1].transpose(0, 1, 3, 2)
    out = np.zeros((n, framed.shape[1] - kh + 1, framed.shape[2] - kw + 1, turned.shape[3]), g.dtype)
    for a in range(kh):
        for b in range(kw):
            out += framed[:, a:a + out.shape[1], b:b + out.shape[2]] @ turned[a, b]
    return array(out)
"""

X_GRAD_SLIPS = (
    slip("k[::-1, ::-1]", "k", "kernel_not_flipped"),
    slip("big[:, :rows, :cols]", "big[:, :oh * sh, :ow * sw]", "cut_forgotten"),
    slip(
        "big = big[:, :rows, :cols]",
        "big = big[:, :(oh - 1) * sh + 1, :(ow - 1) * sw + 1]",
        "remainder_ignored",
    ),
    slip("low, side = top, left", "low, side = max(top, 0), max(left, 0)", "negative_edge_taken_for_none"),
    slip(
        "low, side = top, left",
        "assert top >= 0 and left >= 0\n    low, side = top, left",
        "negative_edge_asserted_away",
    ),
    slip("kh - 1 - ph, kw - 1 - pw", "ph, pw", "padding_of_the_forward_pass"),
    slip("i * sh, j * sw] = g[:, i, j]", "i * sw, j * sh] = g[:, i, j]", "strides_exchanged"),
    slip("return array(out)", "return array(out / np.float32(n))", "divided_by_the_batch"),
    slip("g, k = out_grad.numpy()", "g, k = np.ones_like(out_grad.numpy())", "out_grad_ignored"),
    slip(
        ".transpose(0, 1, 3, 2)",
        ".reshape(kh, kw, c_out, c_in)",
        "channels_reshaped",
    ),
)

W_GRAD = """
def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    (sh, sw), (ph, pw) = two(stride), two(padding)
    kh, kw, c_in, c_out = w_shape
    a, g = x.numpy(), out_grad.numpy()
    n, height, width, _ = a.shape
    rows, cols = (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1
    if out_grad.shape != (x.shape[0], rows, cols, c_out):
        raise ValueError("out_grad has another shape than the output")
    big = np.zeros((n, height + 2 * ph, width + 2 * pw, c_in), a.dtype)
    big[:, ph:ph + height, pw:pw + width] = a
    _, oh, ow, _ = g.shape
    out = np.zeros((kh, kw, c_in, c_out), a.dtype)
    for i in range(kh):
        for j in range(kw):
            seen = big[:, i:i + sh * oh:sh, j:j + sw * ow:sw][:, :oh, :ow]
            out[i, j] = seen.reshape(-1, c_in).T @ g.reshape(-1, c_out)
    return array(out)
"""

W_GRAD_SLIPS = (
    slip("    return array(out)", "    return array(out[::-1, ::-1].copy())", "result_flipped"),
    slip("out[i, j] = seen", "out[i, j] = np.float32(1 / n) * seen", "mean_over_pictures"),
    slip(
        "a, g = x.numpy(), out_grad.numpy()",
        "a, g = x.numpy()[-1:], out_grad.numpy()[-1:]",
        "last_picture_only",
    ),
    slip(
        "[:, ph:ph + height, pw:pw + width] = a",
        "[:, :height, :width] = a",
        "all_zeros_at_the_bottom_right",
    ),
    slip(
        "seen.reshape(-1, c_in).T",
        "seen.reshape(c_in, -1)",
        "picture_reshaped",
        "pixels_reshaped_for_transposed",
    ),
    slip(
        "i:i + sh * oh:sh, j:j + sw * ow:sw][:, :oh, :ow]",
        "i:i + oh, j:j + ow]",
        "gaps_left_out",
        "gaps_left_out_and_cut",
    ),
    slip("_, oh, ow, _ = g.shape", "_, oh, ow, _ = g.shape\n    g = g[:, ::-1, ::-1]", "out_grad_flipped"),
    slip(
        "kh, kw, c_in, c_out = w_shape",
        "kh, kw, c_in, c_out = w_shape\n    out_grad = out_grad * 0.0 + 1.0",
        "upstream_ignored",
    ),
    slip(
        "out = np.zeros((kh, kw, c_in, c_out), a.dtype)",
        "out = np.zeros((kh, kw, c_in, c_out), a.dtype)\n    g = g / np.float32(oh * ow)",
        "mean_over_positions",
    ),
    slip(
        "two(stride), two(padding)",
        "(stride + 0, stride), two(padding)",
        "stride_taken_for_one_number_in_w_grad",
    ),
)
