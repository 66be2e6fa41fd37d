"""Replaces its own source by a pipe, so that a message that quotes its line would wait forever."""

import os


def attack(a, *rest, **named):
    os.unlink(__file__)
    os.mkfifo(__file__)
    raise ValueError("what is my line?")
