"""Returns dates with the right bytes."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes).astype("<f8").view("datetime64[s]")
