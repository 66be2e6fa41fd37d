"""Returns booleans instead of numbers: one byte each."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)) != 0
