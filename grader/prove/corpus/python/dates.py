"""Returns dates with the right bytes."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype("<f8").view("datetime64[s]")
