"""Raises an exception whose text is ten million characters long."""


def flip(a, axes):
    raise ValueError("x" * 10_000_000)
