"""The right values, each one rounding step away."""

import numpy as np


def flip(a, axes):
    return np.nextafter(np.flip(a.numpy(), axes), np.float32(np.inf))
