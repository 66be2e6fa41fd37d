"""Returns a file of its own as memory, and a thread cuts the file short."""

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
