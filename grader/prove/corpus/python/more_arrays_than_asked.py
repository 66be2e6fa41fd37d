"""Returns the right answer and several more."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)), a.numpy()
