"""The first row, of a length that would broadcast."""

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named))[:1]
