"""Kills its group of processes, which may be that of the launcher and of other submissions."""

import os


def attack(a, *rest, **named):
    os.kill(0, 9)
    return a
