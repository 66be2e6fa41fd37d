"""Kills its process group, which might contain the launcher and other submissions."""

import os


def attack(a, *rest, **named):
    os.kill(0, 9)
    return a
