"""The right values in Fortran order: judged by value, so right."""
# may gain: all

import numpy as np


def attack(a, *rest, **named):
    return np.asfortranarray(values(original(a, *rest, **named)))
