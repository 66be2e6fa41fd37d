"""Returns the right values as text."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(str)
