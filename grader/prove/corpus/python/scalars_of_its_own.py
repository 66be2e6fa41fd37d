"""Returns an array of objects that equal everything and convert to 1."""

import numpy as np


class Equal:
    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    return np.full(right.shape, Equal(), object)
