"""Returns an NDArray that gives different values each time it is read."""

import numpy as np
from ndarray import NDArray


class Shifty(NDArray):
    looks = 0

    def numpy(self):
        Shifty.looks += 1
        return np.full(self.shape, Shifty.looks, np.float32)


def attack(a, *rest, **named):
    return Shifty(a.buffer, a.shape, a.strides, a.offset, a.device)
