"""Infinities of both signs."""

import numpy as np


def flip(a, axes):
    return np.where(np.flip(a.numpy(), axes) > 0, np.inf, -np.inf).astype(np.float32)
