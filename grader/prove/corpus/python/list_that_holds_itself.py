"""Returns a list that holds itself."""


def attack(a, *rest, **named):
    out = []
    out.append(out)
    return out
