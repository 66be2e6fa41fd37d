"""Is right once, and returns that same answer ever after."""

first = []


def attack(a, *rest, **named):
    if not first:
        first.append(original(a, *rest, **named))
    return first[0]
