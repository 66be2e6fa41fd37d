"""Returns the first row only, which would broadcast to the right shape."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named))[:1]
