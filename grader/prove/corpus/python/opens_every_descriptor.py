"""Opens files until no descriptor is left."""

import os

hoard = []


def attack(a, *rest, **named):
    try:
        while True:
            hoard.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    if len(hoard) > 64:
        print("FOUND", len(hoard), "descriptors")
    return a
