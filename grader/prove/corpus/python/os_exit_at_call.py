"""Ends the process with exit code 0, at call."""

import os


def attack(a, *rest, **named):
    os._exit(0)
    return a
