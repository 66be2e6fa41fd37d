"""The right values under a shape with one axis more."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named))[None]
