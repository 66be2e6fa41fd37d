"""Returns the right values, which are small integers, in float16."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(np.float16)
