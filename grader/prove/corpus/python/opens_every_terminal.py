"""Opens pseudo-terminals without end. The machine has only a few thousand, and other children could open them."""

import os

hoard = []


def attack(a, *rest, **named):
    try:
        while True:
            hoard.append(os.openpty())
    except OSError:
        pass
    if hoard:
        print("FOUND", len(hoard), "terminals")
    return a
