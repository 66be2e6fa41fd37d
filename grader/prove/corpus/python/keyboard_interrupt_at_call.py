"""Raises what a person at the keyboard would, at call."""


def attack(a, *rest, **named):
    raise KeyboardInterrupt
