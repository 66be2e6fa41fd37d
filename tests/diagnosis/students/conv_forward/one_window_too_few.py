"""The + 1 of the number of windows is missing.

Ideas: first_window_not_counted.
"""


def output_size(size, kernel, stride, padding):
    if stride < 1:
        raise ValueError("stride must be positive")
    if padding < 0:
        raise ValueError("padding must not be negative")
    if kernel < 1 or kernel > size + 2 * padding:
        raise ValueError("kernel does not fit")
    return (size + 2 * padding - kernel) // stride
