"""Returns an array that, once the worker looks at it, claims to be of the worker's own class NDArray."""

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
