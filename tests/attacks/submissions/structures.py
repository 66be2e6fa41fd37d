"""An array of a structured dtype, one field of which holds the right values."""

import numpy as np


def flip(a, axes):
    out = np.zeros(a.shape, [("value", "<f4"), ("score", "<f4")])
    out["value"] = np.flip(a.numpy(), axes)
    return out
