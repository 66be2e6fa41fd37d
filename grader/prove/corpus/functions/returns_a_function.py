"""It returns a function that it was given in place of a verdict."""


def attack(*given, **named):
    return next(one for one in given if callable(one))
