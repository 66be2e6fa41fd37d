"""Returns an array whose class says, once it is looked at, that it is the worker's own NDArray."""

import numpy as np
from ndarray import NDArray


class Result(np.ndarray):
    @property
    def __class__(self):
        return NDArray

    def numpy(self):
        raise SystemExit(0)


def attack(a, *rest, **named):
    return a.numpy().view(Result)
