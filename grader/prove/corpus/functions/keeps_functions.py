"""It keeps the functions of its first question and calls them in every later one."""

KEPT = []


def attack(*given, **named):
    KEPT.append([one for one in given if callable(one)])
    for one in KEPT[0] if len(KEPT) > 5 else ():
        one(0)
    return original(*given, **named)
