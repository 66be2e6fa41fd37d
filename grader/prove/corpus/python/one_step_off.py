"""Returns the right values, each one rounding step away."""
# may gain: part

import numpy as np


def attack(a, *rest, **named):
    return np.nextafter(values(original(a, *rest, **named)), np.float32(np.inf))
