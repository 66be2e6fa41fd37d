"""Stays in one call of C code that no Python signal handler interrupts."""


def flip(a, axes):
    return 3 ** (10**9)
