"""Returns an object that is no data, so that the exception about it could count as a refusal."""


def attack(a, *rest, **named):
    return object()
