"""Returns the right values in a subclass that lies about its shape and dtype. The grader judges values, so
this is right.
"""
# may gain: all

import numpy as np


class Liar(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __array_function__(self, function, types, args, kwargs):
        return np.zeros(3)

    def __array__(self, *args, **kwargs):
        return np.zeros(3)

    def tobytes(self, order="C"):
        return b"lies"

    def __repr__(self):
        raise SystemExit


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).view(Liar)
