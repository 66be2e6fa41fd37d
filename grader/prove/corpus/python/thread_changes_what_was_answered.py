"""Answers at once, and a thread then writes the right values into the returned array."""

import threading
import time

import numpy as np


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named))
    out = np.zeros_like(right)

    def later():
        while True:
            out[...] = right
            time.sleep(0)

    threading.Timer(0.01, later).start()
    return out
