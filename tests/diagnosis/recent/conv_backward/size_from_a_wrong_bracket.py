"""conv computes its own output size with the 1 inside the division; the gradients are right.

Ideas: windows_counted_without_the_first.
"""


def conv(x, w, stride=1, padding=0):
    output_shape(x.shape, w.shape, stride, padding)  # raises if something does not fit
    N, H, W, C_in = x.shape
    K_h, K_w, _, C_out = w.shape
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    H_out = (H + 2 * p_h - K_h + 1) // s_h  # wrong: + 1 comes after the division
    W_out = (W + 2 * p_w - K_w + 1) // s_w  # wrong: + 1 comes after the division
    padded = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    out = zeros((N, H_out, W_out, C_out), x.device, x.dtype)
    for h in range(H_out):
        for v in range(W_out):
            window = padded[:, h * s_h : h * s_h + K_h, v * s_w : v * s_w + K_w, :]
            out[:, h, v, :] = window.reshape((N, -1)) @ w.reshape((-1, C_out))
    return out


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w_shape, stride, padding)
    if out_grad.shape != (N, H_out, W_out, C_out):
        raise ValueError("out_grad")
    K_h, K_w, C_in, _ = w_shape
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    padded = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    grad = zeros((K_h * K_w * C_in, C_out), x.device, x.dtype)
    for h in range(H_out):
        for v in range(W_out):
            window = padded[:, h * s_h : h * s_h + K_h, v * s_w : v * s_w + K_w, :]
            grad = grad + window.reshape((N, -1)).permute((1, 0)) @ out_grad[:, h, v, :]
    return grad.reshape(w_shape)
