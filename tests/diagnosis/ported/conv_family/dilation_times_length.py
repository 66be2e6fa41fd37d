"""conv_length takes a window of K places for dilation * K pixels.

Ideas: window_as_long_as_all_steps.
"""


def conv_length(size, kernel, stride=1, padding=0, dilation=1):
    if min(stride, kernel, dilation) < 1 or padding < 0:
        raise ValueError("arguments")
    covered = dilation * kernel
    if covered > size + 2 * padding:
        raise ValueError("too long")
    return (size + 2 * padding - covered) // stride + 1
