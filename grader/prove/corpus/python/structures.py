"""An array of a structured dtype. One of its fields holds the right values."""

import numpy as np


def attack(a, *rest, **named):
    out = np.zeros(a.shape, [("value", "<f4"), ("score", "<f4")])
    out["value"] = values(original(a, *rest, **named))
    return out
