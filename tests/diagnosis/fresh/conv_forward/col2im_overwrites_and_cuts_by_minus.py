"""col2im writes where it must add, and cuts the frame off as [p:-p].

Ideas: last_window_kept, frame_cut_up_to_minus_zero.
"""


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    n, h, wd, c = x_shape
    kh, kw = kernel
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    oh, ow = output_size(h, kh, sh, ph), output_size(wd, kw, sw, pw)
    if tuple(columns.shape) != (n * oh * ow, kh * kw * c):
        raise ValueError("columns have the wrong shape")
    img = zeros((n, h + 2 * ph, wd + 2 * pw, c), columns.device, columns.dtype)
    cols = columns.reshape((n, oh, ow, kh, kw, c))
    for i in range(oh):
        for j in range(ow):
            img[:, i * sh : i * sh + kh, j * sw : j * sw + kw, :] = cols[:, i, j]  # wrong: overlapping windows must add up
    return img[:, ph:-ph, pw:-pw, :].compact()  # wrong: empty without padding
