"""Writes to descriptor 2 without end."""

import os


def attack(a, *rest, **named):
    while True:
        os.write(2, b"x" * 4096)
