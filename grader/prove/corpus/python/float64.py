"""Returns the right values in float64."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.float64)
