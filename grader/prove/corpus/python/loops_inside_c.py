"""Stays inside one call of C code, which no Python signal handler interrupts."""


def attack(a, *rest, **named):
    return 3 ** (10**9)
