"""Truth itself."""


def flip(a, axes):
    return True
