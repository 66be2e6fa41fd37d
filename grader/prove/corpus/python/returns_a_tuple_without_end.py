"""Returns a tuple whose iteration never ends."""

import itertools

import numpy as np


class Endless(tuple):
    def __iter__(self):
        return (np.float32(2) for _ in itertools.count())


def attack(a, *rest, **named):
    return Endless((1.0,))
