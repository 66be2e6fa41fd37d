"""Returns a matrix of NumPy's old kind, of complex zeros."""

import numpy as np


def attack(a, *rest, **named):
    return np.matrix(np.zeros((2, 2), complex))
