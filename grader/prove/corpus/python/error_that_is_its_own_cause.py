"""Raises two exceptions, each the cause and the context of the other."""


def attack(a, *rest, **named):
    first, second = ValueError("first"), ValueError("second")
    first.__cause__ = first.__context__ = second
    second.__cause__ = second.__context__ = first
    raise first
