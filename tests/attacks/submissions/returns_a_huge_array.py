"""Returns four million numbers."""

import numpy as np


def flip(a, axes):
    return np.zeros(1 << 22, np.float32)
