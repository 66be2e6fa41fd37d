"""The right values under a shape with one axis more."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes)[None]
