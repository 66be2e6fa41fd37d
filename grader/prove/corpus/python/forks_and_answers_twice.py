"""Forks during a call, so that two processes answer one question."""

import os


def attack(a, *rest, **named):
    os.fork()
    return a
