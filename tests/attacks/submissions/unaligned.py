"""The right values at an odd address: judged by value, so right."""

import numpy as np


def flip(a, axes):
    right = np.flip(a.numpy(), axes)
    room = np.zeros(right.nbytes + 1, np.uint8)[1:].view(np.float32).reshape(right.shape)
    room[...] = right
    return room
