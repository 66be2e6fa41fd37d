"""Stays in one call of C code that no Python signal handler interrupts."""


def attack(a, *rest, **named):
    return 3 ** (10**9)
