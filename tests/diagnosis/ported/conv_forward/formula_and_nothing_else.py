"""output_size is the formula alone: it refuses nothing.

Ideas: longer_kernel_not_refused, settings_not_refused, divided_by_a_stride_of_zero, kernel_of_nothing.
"""


def output_size(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1
