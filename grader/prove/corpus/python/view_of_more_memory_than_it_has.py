"""Returns a view of the right shape that reaches beyond its memory."""

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    steps = tuple(1 << 30 for _ in right.shape)
    return np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), right.shape, steps)
