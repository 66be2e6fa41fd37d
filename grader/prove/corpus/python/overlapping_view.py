"""Returns zeros that all share one place in memory."""

import numpy as np


def attack(a, *rest, **named):
    return np.broadcast_to(np.float32(0), values(original(a, *rest, **named)).shape)
