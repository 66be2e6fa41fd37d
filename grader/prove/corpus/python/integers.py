"""Returns the right values as integers."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.int64)
