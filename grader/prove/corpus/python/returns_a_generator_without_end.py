"""Returns a generator that never ends."""

import itertools


def attack(a, *rest, **named):
    return (a for _ in itertools.count())
