"""Raises an exception whose text is ten million characters long."""


def attack(a, *rest, **named):
    raise ValueError("x" * 10_000_000)
