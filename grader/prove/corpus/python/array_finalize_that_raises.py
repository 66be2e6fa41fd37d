"""Returns a subclass that cannot be viewed or copied."""

import numpy as np

armed = []


class Refuses(np.ndarray):
    def __array_finalize__(self, other):
        if armed:
            raise RuntimeError("no view of me")


def attack(a, *rest, **named):
    out = np.zeros_like(values(original(a, *rest, **named))).view(Refuses)
    armed.append(1)
    return out
