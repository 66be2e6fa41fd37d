"""The slices of the padded picture begin at (a, b) and stop as if they had begun at 0: all three convolutions."""


def conv(x, w, stride=1, padding=0):
    N, H2, W2, CO = output_shape(x.shape, w.shape, stride, padding)
    SH, SW = pair(stride)
    PH, PW = pair(padding)
    KH, KW, CI, _ = w.shape
    X = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    Y = zeros((N, H2, W2, CO), x.device, x.dtype)
    for a in range(KH):
        for b in range(KW):
            xs = X[:, a : H2 * SH : SH, b : W2 * SW : SW, :]  # wrong: the stops need + a and + b
            Y = Y + (xs.reshape((N * H2 * W2, CI)) @ w[a, b]).reshape((N, H2, W2, CO))
    return Y


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, H2, W2, CO = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, H2, W2, CO):
        raise ValueError("out_grad.shape")
    SH, SW = pair(stride)
    PH, PW = pair(padding)
    KH, KW, CI, _ = w_shape
    X = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    G = out_grad.reshape((N * H2 * W2, CO))
    dW = zeros(w_shape, x.device, x.dtype)
    for a in range(KH):
        for b in range(KW):
            xs = X[:, a : H2 * SH : SH, b : W2 * SW : SW, :]  # wrong: the stops need + a and + b
            dW[a, b] = xs.reshape((N * H2 * W2, CI)).permute((1, 0)) @ G
    return dW
