"""col2im returns the padded picture.

Ideas: frame_returned.
"""


def col2im(columns, x_shape, kernel, stride=1, padding=0):
    N, H, W, C = x_shape
    KH, KW = kernel
    _, OH, OW, _ = output_shape(x_shape, (KH, KW, C, 1), stride, padding)
    if columns.shape != (N * OH * OW, KH * KW * C):
        raise ValueError("columns has the wrong shape")
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    cols = columns.reshape((N, OH, OW, KH, KW, C))
    img = zeros((N, H + 2 * PH, W + 2 * PW, C), columns.device, columns.dtype)
    for a in range(KH):
        for b in range(KW):
            here = (slice(None), slice(a, a + SH * (OH - 1) + 1, SH), slice(b, b + SW * (OW - 1) + 1, SW))
            img[here] = img[here] + cols[:, :, :, a, b, :]
    return img  # wrong: the frame of padding is still there
