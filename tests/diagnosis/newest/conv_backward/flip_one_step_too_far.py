"""conv takes the windows from the strides of the array before padding, and flip starts n steps on.

Ideas: start_at_the_size, strides_taken_before_padding_in_conv.
"""


def conv(x, w, stride=1, padding=0):
    N, OH, OW, CO = output_shape(x.shape, w.shape, stride, padding)
    KH, KW, CI, _ = w.shape
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    Ns, Hs, Ws, Cs = x.strides  # wrong: these are the strides before padding
    xp = pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    A = xp.as_strided((N, OH, OW, KH, KW, CI), (Ns, Hs * SH, Ws * SW, Hs, Ws, Cs))
    A = A.reshape((N * OH * OW, KH * KW * CI))
    return (A @ w.reshape((KH * KW * CI, CO))).reshape((N, OH, OW, CO))


def flip(a, axes):
    axes = normalize_axes(axes, a.ndim)
    strides = list(a.strides)
    offset = a.offset
    for axis in axes:
        offset += a.shape[axis] * strides[axis]  # wrong: the last element is n - 1 steps from the first
        strides[axis] = -strides[axis]
    return a.as_strided(a.shape, tuple(strides), offset)
