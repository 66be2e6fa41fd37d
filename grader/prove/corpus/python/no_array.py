"""Returns True instead of an array."""


def attack(a, *rest, **named):
    return True
