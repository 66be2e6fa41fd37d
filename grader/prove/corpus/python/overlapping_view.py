"""Returns zeros that all lie in one place of memory."""

import numpy as np


def attack(a, *rest, **named):
    return np.broadcast_to(np.float32(0), values(original(a, *rest, **named)).shape)
