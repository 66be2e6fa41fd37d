"""Returns the right values as complex numbers."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.complex64)
