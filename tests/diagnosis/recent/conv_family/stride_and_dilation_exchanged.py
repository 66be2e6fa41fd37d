"""pixel_slices steps by the dilation and begins at a multiple of the stride; transposed_length forgets that a
dilated kernel is longer.

Ideas: stride_and_dilation_exchanged, transposed_length_without_dilation.
"""


def pixel_slices(place, lengths, stride, dilation):
    slices = []
    for a, n, s, d in zip(place, lengths, stride, dilation):
        start = a * s  # wrong: a * d
        slices.append(slice(start, start + (n - 1) * d + 1, d))  # wrong: windows are s apart
    return tuple(slices)


def transposed_length(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("kernel, stride, dilation >= 1 and padding >= 0")
    if size < 1 or not 0 <= output_padding < stride:
        raise ValueError(f"size {size}, output_padding {output_padding}")
    length = (size - 1) * stride - 2 * padding + kernel + output_padding  # wrong: a kernel covers dilation * (kernel - 1) + 1
    if length < 1:
        raise ValueError("nothing left")
    return length
