"""Raises an exception that `except Exception` does not catch, at call."""


def attack(a, *rest, **named):
    raise GeneratorExit
