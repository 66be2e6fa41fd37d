"""Prints without end."""


def flip(a, axes):
    while True:
        print("x" * 1000)
