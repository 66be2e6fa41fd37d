"""Returns an object whose conversion to an array ends the process with exit code 0."""

import os


class Converts:
    def __array__(self, *args, **kwargs):
        os._exit(0)


def attack(a, *rest, **named):
    return Converts()
