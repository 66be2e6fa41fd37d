"""Returns a million tiny arrays."""

import numpy as np


def attack(a, *rest, **named):
    return (np.zeros(1, np.float32),) * 1_000_000
