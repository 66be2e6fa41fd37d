"""In conv_w_grad the loop over the kernel's columns ends at its height."""


def conv_w_grad(x, out_grad, w_shape, stride=1, padding=0):
    N, H_out, W_out, C_out = output_shape(x.shape, w_shape, stride, padding)
    if tuple(out_grad.shape) != (N, H_out, W_out, C_out):
        raise ValueError(f"out_grad has shape {out_grad.shape}")
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    x_padded = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    w_grad = zeros(w_shape, x.device, x.dtype)
    for i in range(w_shape[0]):
        for j in range(w_shape[0]):  # wrong: w_shape[1]
            x_slice = x_padded[:, i : i + H_out * s_h : s_h, j : j + W_out * s_w : s_w, :]
            x_slice = x_slice[:, :H_out, :W_out]
            for c in range(w_shape[2]):
                prod = x_slice[:, :, :, c : c + 1] * out_grad
                w_grad[i, j, c] = prod.sum(axis=(0, 1, 2))
    return w_grad
