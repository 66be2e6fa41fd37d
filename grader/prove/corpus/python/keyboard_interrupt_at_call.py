"""Raises KeyboardInterrupt, at call."""


def attack(a, *rest, **named):
    raise KeyboardInterrupt
