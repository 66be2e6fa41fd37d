"""Computes its first answer correctly, and returns it for every later question."""

first = []


def attack(a, *rest, **named):
    if not first:
        first.append(original(a, *rest, **named))
    return first[0]
