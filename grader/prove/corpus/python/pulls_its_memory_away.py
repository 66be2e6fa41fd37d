"""Returns the right values in a memory-mapped file that it has truncated, so that reading them ends the
process.
"""

import mmap
import os

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    with open("/tmp/values", "wb+") as file:
        file.write(right.tobytes())
        file.flush()
        memory = mmap.mmap(file.fileno(), 0)
    os.truncate("/tmp/values", 0)
    return np.frombuffer(memory, np.float32).reshape(right.shape)
