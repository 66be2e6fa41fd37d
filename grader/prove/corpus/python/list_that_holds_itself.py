"""Returns a list that contains itself."""


def attack(a, *rest, **named):
    out = []
    out.append(out)
    return out
