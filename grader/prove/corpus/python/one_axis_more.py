"""Returns the right values in a shape with one more axis."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named))[None]
