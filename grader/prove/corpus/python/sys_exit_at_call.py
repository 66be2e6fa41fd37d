"""Leaves with exit code 0, at call."""

import sys


def attack(a, *rest, **named):
    sys.exit(0)
    return a
