"""Returns the right answer and one more array."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)), a.numpy()
