"""Raises an exception whose class name contains terminal escapes and a forged verdict."""


def attack(a, *rest, **named):
    raise type("\x1b[2J\u202edessap\n::error::", (Exception,), {})("\x1b[31m")
