"""Returns complex zeros in a numpy.matrix."""

import numpy as np


def attack(a, *rest, **named):
    return np.matrix(np.zeros((2, 2), complex))
