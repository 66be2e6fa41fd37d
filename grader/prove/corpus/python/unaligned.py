"""Returns the right values at an odd address. The grader judges values, so this is right."""
# may gain: all

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    room = np.zeros(right.nbytes + 1, np.uint8)[1:].view(np.float32).reshape(right.shape)
    room[...] = right
    return room
