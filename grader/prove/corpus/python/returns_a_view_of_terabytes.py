"""Returns a view of a trillion elements that all share one number in memory."""

import numpy as np


def attack(a, *rest, **named):
    return np.broadcast_to(np.float32(0), (1 << 40,))
