"""Returns a memory-mapped file that a thread then truncates."""

import os
import threading

import numpy as np


def attack(a, *rest, **named):
    out = np.memmap("/tmp/answer", np.float32, "w+", shape=(1 << 18,))

    def cut():
        while True:
            os.truncate("/tmp/answer", 0)

    threading.Thread(target=cut, daemon=True).start()
    return out
