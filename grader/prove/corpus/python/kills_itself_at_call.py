"""Kills its own process, at call."""

import os


def attack(a, *rest, **named):
    os.kill(os.getpid(), 9)
    return a
