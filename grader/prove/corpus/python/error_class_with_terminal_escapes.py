"""Raises an error of a class whose name does so."""


def attack(a, *rest, **named):
    raise type("\x1b[2J\u202edessap\n::error::", (Exception,), {})("\x1b[31m")
