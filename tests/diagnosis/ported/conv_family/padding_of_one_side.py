"""transposed_length subtracts the padding once, and allows any output_padding.

Ideas: transposed_padding_counted_once, any_output_padding, any_negative_output_padding.
"""


def transposed_length(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    if min(size, stride, kernel, dilation) < 1 or padding < 0:
        raise ValueError("arguments")
    length = stride * (size - 1) + dilation * (kernel - 1) + 1 - padding + output_padding
    if length < 1:
        raise ValueError("nothing left")
    return length
