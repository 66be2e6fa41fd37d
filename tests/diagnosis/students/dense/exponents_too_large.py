"""softmax does not subtract the maximum of a row.

Ideas: shift_forgotten.
"""

import numpy as np
from ndarray import array


def softmax(logits):
    with np.errstate(all="ignore"):
        e = np.exp(logits.numpy())
        return array(e / e.sum(axis=1, keepdims=True), dtype=logits.dtype)
