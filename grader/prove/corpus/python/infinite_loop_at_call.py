"""Computes without end."""


def attack(a, *rest, **named):
    while True:
        pass
