"""Returns a view whose one element stands for a trillion."""

import numpy as np


def attack(a, *rest, **named):
    return np.broadcast_to(np.float32(0), (1 << 40,))
