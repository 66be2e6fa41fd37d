"""Creates an empty file that is a terabyte long."""

import os


def attack(a, *rest, **named):
    try:
        descriptor = os.open("/tmp/sparse", os.O_RDWR | os.O_CREAT)
        os.truncate(descriptor, 1 << 40)
        print("FOUND a terabyte")
    except OSError:
        pass
    return a
