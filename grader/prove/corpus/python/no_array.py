"""Truth itself."""


def attack(a, *rest, **named):
    return True
