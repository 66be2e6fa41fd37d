"""Kills its own process, at call."""

import os


def flip(a, axes):
    os.kill(os.getpid(), 9)
    return a
