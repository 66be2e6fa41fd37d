"""Returns a subclass that claims to have the requested shape, dtype and size."""

import numpy as np


class Says(np.ndarray):
    says = None

    @property
    def shape(self):
        return Says.says

    @property
    def size(self):
        return int(np.prod(Says.says))

    @property
    def nbytes(self):
        return self.size * 4


def attack(a, *rest, **named):
    Says.says = values(original(a, *rest, **named)).shape
    return np.zeros(1, np.float32).view(Says)
