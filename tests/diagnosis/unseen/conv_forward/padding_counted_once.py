"""The padding is added once and not on both ends.

Ideas: padding_counted_once.
"""


def output_size(size, kernel, stride, padding):
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("arguments")
    if kernel > size + 2 * padding:
        raise ValueError("too long a kernel")
    last = size + padding - kernel
    return last // stride + 1
