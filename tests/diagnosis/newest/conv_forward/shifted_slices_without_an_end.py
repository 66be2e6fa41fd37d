"""The slices of conv_shifted run to the end of the picture, and conv makes its windows from x itself, padded or not.

Ideas: shifted_pixels_to_the_end, strides_of_a_compact_picture, x_read_in_memory_order.
"""


def conv(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    KH, KW, CI, _ = w.shape
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    if PH > 0 or PW > 0:
        x = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    H, W, C = x.shape[1], x.shape[2], x.shape[3]
    big = x.as_strided(
        (N, OH, OW, KH, KW, CI),
        (H * W * C, SH * W * C, SW * C, W * C, C, 1),  # wrong: an x that is a view has other strides
    )
    return (big.reshape((N * OH * OW, KH * KW * CI)) @ w.reshape((KH * KW * CI, CO))).reshape((N, OH, OW, CO))


def conv_shifted(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    KH, KW, CI, _ = w.shape
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    x = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    out = zeros((N, OH, OW, CO), x.device, x.dtype)
    for a in range(KH):
        for b in range(KW):
            piece = x[:, a::SH, b::SW, :]  # wrong: it may have more pixels than there are windows
            out += (piece.reshape((N * OH * OW, CI)) @ w[a, b]).reshape((N, OH, OW, CO))
    return out
