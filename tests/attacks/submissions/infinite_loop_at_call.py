"""Computes without end."""


def flip(a, axes):
    while True:
        pass
