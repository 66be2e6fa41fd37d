"""The right values in memory that cannot be written: judged by value, so right."""
# may gain: all


def attack(a, *rest, **named):
    right = values(original(a, *rest, **named)).copy()
    right.flags.writeable = False
    return right
