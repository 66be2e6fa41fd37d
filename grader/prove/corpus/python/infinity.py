"""Returns infinities of both signs."""

import numpy as np


def attack(a, *rest, **named):
    return np.where(values(original(a, *rest, **named)) > 0, np.inf, -np.inf).astype(np.float32)
