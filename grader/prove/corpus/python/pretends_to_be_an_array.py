"""Returns an object that claims to be an ndarray and invents its values."""

import numpy as np


class Pretender:
    __class__ = np.ndarray

    def __init__(self, shape):
        self.shape = shape

    def __array__(self, dtype=None, copy=None):
        return np.ones(self.shape, np.float32)


def attack(a, *rest, **named):
    return Pretender(a.shape)
