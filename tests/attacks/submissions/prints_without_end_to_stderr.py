"""Writes to descriptor 2 without end."""

import os


def flip(a, axes):
    while True:
        os.write(2, b"x" * 4096)
