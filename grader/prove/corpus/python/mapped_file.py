"""The right values in a file of its own, as memory: judged by value, so right."""
# may gain: all

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    out = np.memmap("/tmp/answer", np.float32, "w+", shape=right.shape)
    out[...] = right
    return out
