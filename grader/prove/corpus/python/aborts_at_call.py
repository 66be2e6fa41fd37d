"""Aborts, at call."""

import os


def attack(a, *rest, **named):
    os.abort()
    return a
