"""Returns the right values in long doubles, which no frame carries."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.longdouble)
