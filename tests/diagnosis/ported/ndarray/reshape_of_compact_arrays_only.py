"""reshape raises ValueError for every array that is not compact, and knows no -1.

Ideas: only_compact_arrays_reshaped, open_length_refused.
"""

import math


def reshape(self, shape):
    if math.prod(shape) != self.size:
        raise ValueError("product of current shape is not equal to the product of the new shape")
    if not self.is_compact():
        raise ValueError("the array is not compact")
    return self.as_strided(tuple(shape), row_major_strides(tuple(shape)))
