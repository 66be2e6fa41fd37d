"""Returns an array of objects that claim to equal everything."""

import numpy as np


class Equal:
    def __eq__(self, other):
        return True

    __hash__ = None


def attack(a, *rest, **named):
    return np.array([Equal()] * a.size, object).reshape(a.shape)
