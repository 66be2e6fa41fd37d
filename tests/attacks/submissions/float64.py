"""The right values in float64."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes).astype(np.float64)
