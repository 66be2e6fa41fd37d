"""Prints without end."""


def attack(a, *rest, **named):
    while True:
        print("x" * 1000)
