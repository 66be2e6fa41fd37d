"""The right values in a type that no frame carries."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.longdouble)
