"""Raises an exception on a line whose variables never finish telling what they are."""

import numpy as np


class Endless:
    def __getattribute__(self, name):
        while True:
            pass

    __repr__ = __len__ = __iter__ = __index__ = __bool__ = __eq__ = __getattribute__


class EndlessArray(np.ndarray):
    @property
    def shape(self):
        while True:
            pass

    dtype = shape


class EndlessTuple(tuple):
    def __len__(self):
        while True:
            pass

    __iter__ = __repr__ = __len__


def attack(a, *rest, **named):
    one, two, three = Endless(), np.ones(3).view(EndlessArray), EndlessTuple((1, 2))
    raise ValueError("an attack" if one is not two is not three else "")
