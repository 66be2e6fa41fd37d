"""Returns four million numbers."""

import numpy as np


def attack(a, *rest, **named):
    return np.zeros(1 << 22, np.float32)
