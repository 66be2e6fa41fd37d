"""output_size divides with /, so it returns a float, and everything that counts windows with it fails."""


def output_size(size, kernel, stride, padding):
    if stride < 1:
        raise ValueError("stride must be positive")
    if kernel < 1 or padding < 0:
        raise ValueError("kernel must be positive, padding not negative")
    total = size + 2 * padding
    if total < kernel:
        raise ValueError("kernel is too large")
    return (total - kernel) / stride + 1  # wrong: the whole part of the quotient, an int


def im2col(x, kernel, stride=1, padding=0):
    N, H, W, C = x.shape
    _, H_out, W_out, _ = output_shape(x.shape, (*kernel, C, 1), stride, padding)
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    x = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    cols = zeros((N, H_out, W_out, kernel[0], kernel[1], C), x.device, x.dtype)
    for h in range(H_out):
        for w in range(W_out):
            cols[:, h, w] = x[:, h * s_h : h * s_h + kernel[0], w * s_w : w * s_w + kernel[1]]
    return cols.reshape((N * H_out * W_out, -1))


def conv(x, w, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w.shape, stride, padding)
    return (im2col(x, w.shape[:2], stride, padding) @ w.reshape((-1, C_out))).reshape((N, H_out, W_out, C_out))
