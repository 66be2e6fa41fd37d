"""Closes every descriptor, at call."""

import os


def flip(a, axes):
    os.closerange(0, 256)
    return a
