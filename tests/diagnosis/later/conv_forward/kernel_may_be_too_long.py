"""output_size checks stride and padding only; the loops step the columns by the stride of the rows.

Ideas: longer_kernel_not_refused, columns_moved_by_the_stride_of_the_height,
loop_moved_by_the_stride_of_the_height.
"""


def output_size(size, kernel, stride, padding):
    if stride < 1 or kernel < 1 or padding < 0:  # wrong: a kernel longer than the axis raises, too
        raise ValueError("bad argument")
    return (size - kernel + 2 * padding) // stride + 1


def conv_loops(x, w, stride=1, padding=0):
    N, HH, WW, F = output_shape(x.shape, w.shape, stride, padding)
    st = pair(stride)
    ph, pw = pair(padding)
    xp = pad(x, ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    out = zeros((N, HH, WW, F), x.device, x.dtype)
    for n in range(N):
        for i in range(HH):
            for j in range(WW):
                top, left = i * st[0], j * st[0]  # wrong: st[1] for the columns
                for f in range(F):
                    win = xp[n, top : top + w.shape[0], left : left + w.shape[1], :]
                    out[n, i, j, f] = (win * w[: win.shape[0], : win.shape[1], :, f]).sum()
    return out
