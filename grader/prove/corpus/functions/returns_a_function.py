"""It returns one of the functions instead of a verdict."""


def attack(*given, **named):
    return next(one for one in given if callable(one))
