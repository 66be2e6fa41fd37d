"""Raises exceptions that are each other's cause and context."""


def attack(a, *rest, **named):
    first, second = ValueError("first"), ValueError("second")
    first.__cause__ = first.__context__ = second
    second.__cause__ = second.__context__ = first
    raise first
