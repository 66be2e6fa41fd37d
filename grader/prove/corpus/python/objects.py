"""An array of objects that equal whatever they are compared with."""

import numpy as np


class Equal:
    def __eq__(self, other):
        return True

    __hash__ = None


def attack(a, *rest, **named):
    return np.array([Equal()] * a.size, object).reshape(a.shape)
