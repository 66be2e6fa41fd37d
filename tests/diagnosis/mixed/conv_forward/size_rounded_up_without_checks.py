"""Rounds the number of windows up, and refuses nothing.

Ideas: started_step_counted, settings_not_refused, longer_kernel_not_refused, divided_by_a_stride_of_zero,
kernel_of_nothing.
"""

import math


def output_size(size, kernel, stride, padding):
    return math.ceil((size + 2 * padding - kernel) / stride) + 1
