"""Returns a million tiny arrays."""

import numpy as np


def flip(a, axes):
    return (np.zeros(1, np.float32),) * 1_000_000
