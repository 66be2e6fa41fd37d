"""output_size does not count a window that ends at the edge, and the windows of conv_loops are as wide as high.

Ideas: loop_over_a_square_kernel, window_at_the_end_not_counted.
"""


def output_size(size, kernel, stride, padding):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError((size, kernel, stride, padding))
    count = 0
    start = 0
    while start + kernel < size + 2 * padding:  # wrong: a window that ends with the last pixel fits too
        count += 1
        start += stride
    return count


def conv_loops(x, w, stride=1, padding=0):
    n, h_out, w_out, c_out = output_shape(x.shape, w.shape, stride, padding)
    s_h, s_w = pair(stride)
    p_h, p_w = pair(padding)
    k_h, k_w = w.shape[:2]
    xp = pad(x, [(0, 0), (p_h, p_h), (p_w, p_w), (0, 0)])
    out = zeros((n, h_out, w_out, c_out), x.device, x.dtype)
    for b in range(n):
        for i in range(h_out):
            for j in range(w_out):
                window = xp[b, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_h, :]  # wrong: the window is k_w wide
                for o in range(c_out):
                    out[b, i, j, o] = (window * w[:, :, :, o]).sum()
    return out
