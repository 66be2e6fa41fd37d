"""Returns truth values: one byte each, as texts have."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)) != 0
