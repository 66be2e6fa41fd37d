"""Returns a subclass that returns the first answer of the process instead of a copy."""

import numpy as np

seen = []


class Keeps(np.ndarray):
    def __array_wrap__(self, array, *rest):
        return seen[0]

    def copy(self, order="C"):
        return seen[0]

    def astype(self, *args, **kwargs):
        return seen[0]


def attack(a, *rest, **named):
    seen.append(values(original(a, *rest, **named)))
    return np.zeros_like(seen[-1]).view(Keeps)
