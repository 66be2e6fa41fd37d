"""Forks in a call, so that two processes answer the one question."""

import os


def attack(a, *rest, **named):
    os.fork()
    return a
