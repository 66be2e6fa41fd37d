"""Prints without end when the interpreter exits and when its objects are destroyed."""

import atexit
import sys


class Flood:
    def __del__(self):
        while True:
            print("x" * 65536, file=sys.stderr)


kept = Flood()
atexit.register(kept.__del__)


def attack(a, *rest, **named):
    return a
