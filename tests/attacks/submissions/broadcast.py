"""The first row, of a length that would broadcast."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes)[:1]
