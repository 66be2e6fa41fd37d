"""The right values in Fortran order: judged by value, so right."""

import numpy as np


def flip(a, axes):
    return np.asfortranarray(np.flip(a.numpy(), axes))
