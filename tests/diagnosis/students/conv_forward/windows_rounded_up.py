"""The number of windows is rounded up where the stride leaves something over.

Ideas: started_step_counted.
"""

import math


def output_size(size, kernel, stride, padding):
    if stride <= 0 or padding < 0 or kernel < 1:
        raise ValueError("bad arguments")
    if kernel > size + 2 * padding:
        raise ValueError("kernel larger than the padded input")
    return math.ceil((size + 2 * padding - kernel) / stride) + 1
