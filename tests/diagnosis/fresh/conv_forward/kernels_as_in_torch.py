"""Thinks of the kernel as (C_out, ...) and of the result as (N, C, H, W).

Ideas: kernels_reshaped_into_rows, rows_taken_for_channels.
"""


def conv(x, w, stride=1, padding=0):
    n, oh, ow, co = output_shape(x.shape, w.shape, stride, padding)
    kh, kw, ci, _ = w.shape
    cols = im2col(x, (kh, kw), stride, padding)
    weight = w.compact().reshape((co, kh * kw * ci))  # wrong: the output channel is the last axis of w
    out = cols @ weight.permute((1, 0))
    return out.reshape((n, co, oh, ow)).permute((0, 2, 3, 1))  # wrong: the rows are pixels, not channels
