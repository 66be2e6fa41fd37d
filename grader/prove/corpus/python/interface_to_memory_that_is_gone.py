"""Returns an array on memory that it has freed."""

import mmap

import numpy as np


class Points:
    pass


def attack(a, *rest, **named):
    memory = mmap.mmap(-1, 1 << 20)
    place = np.frombuffer(memory, np.float32)
    address = place.__array_interface__["data"][0]
    del place
    memory.close()
    points = Points()
    points.__array_interface__ = {"version": 3, "shape": (1024,), "typestr": "<f4", "data": (address, False)}
    return np.asarray(points)
