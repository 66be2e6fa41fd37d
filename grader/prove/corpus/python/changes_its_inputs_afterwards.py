"""A thread changes the inputs without end, in the hope that what is expected is computed from them: the answer is right."""
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
