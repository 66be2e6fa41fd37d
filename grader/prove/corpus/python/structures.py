"""Returns an array of a structured dtype with the right values in one of its fields."""

import numpy as np


def attack(a, *rest, **named):
    out = np.zeros(a.shape, [("value", "<f4"), ("score", "<f4")])
    out["value"] = values(original(a, *rest, **named))
    return out
