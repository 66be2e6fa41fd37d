"""Closes every descriptor, at call."""

import os


def attack(a, *rest, **named):
    os.closerange(0, 256)
    return a
