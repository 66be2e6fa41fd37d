"""Forks in a call, so that two processes answer the one question."""

import os


def flip(a, axes):
    os.fork()
    return a
