"""Calls the function that it is asked to write."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes)
