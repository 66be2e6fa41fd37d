"""The right values behind a mask that hides them all: judged by value, so right."""
# may gain: all

import numpy as np


def attack(a, *rest, **named):
    return np.ma.MaskedArray(values(original(a, *rest, **named)), mask=True)
