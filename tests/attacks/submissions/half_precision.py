"""The right values, which are small integers, in float16."""

import numpy as np


def flip(a, axes):
    return np.flip(a.numpy(), axes).astype(np.float16)
