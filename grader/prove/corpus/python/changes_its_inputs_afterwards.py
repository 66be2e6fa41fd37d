"""Returns the right answer while a thread keeps changing the inputs, in case the expected value is computed
from them.
"""
# may gain: all

import threading


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named)).copy()
    memory = a.buffer if hasattr(a, "buffer") else a

    def change():
        for _ in range(100000):
            memory[...] = 0

    threading.Thread(target=change, daemon=True).start()
    return right
