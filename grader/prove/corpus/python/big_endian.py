"""The right values with their bytes the other way round: judged by value, so right."""
# may gain: all

import numpy as np


def attack(a, *rest, **named):
    return values(original(a, *rest, **named)).astype(">f4")
