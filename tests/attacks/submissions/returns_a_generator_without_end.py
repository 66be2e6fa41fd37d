"""Returns a generator that never ends."""

import itertools


def flip(a, axes):
    return (a for _ in itertools.count())
