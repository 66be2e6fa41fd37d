"""Raises an exception with a text of ten million characters."""


def attack(a, *rest, **named):
    raise ValueError("x" * 10_000_000)
