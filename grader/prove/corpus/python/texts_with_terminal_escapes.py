"""Returns texts with terminal escapes instead of numbers."""

import numpy as np


def attack(a, *rest, **named):
    return np.full(a.shape, "\x1b[2J\u202edessap")
