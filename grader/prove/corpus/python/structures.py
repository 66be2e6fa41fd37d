"""An array of a structured dtype, one field of which holds the right values."""

import numpy as np


def attack(a, *rest, **named):
    out = np.zeros(a.shape, [("value", "<f4"), ("score", "<f4")])
    out["value"] = values(original(a, *rest, **named))
    return out
