"""Refuses every argument that the solution refuses, and returns zeros for all others, so that criteria that need
a working function run.
"""
# may gain: part

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    return np.zeros(right.shape, right.dtype)
