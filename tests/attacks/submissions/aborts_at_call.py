"""Aborts, at call."""

import os


def flip(a, axes):
    os.abort()
    return a
