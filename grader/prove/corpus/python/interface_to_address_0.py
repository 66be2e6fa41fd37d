"""Returns an object whose array interface points to address 0."""


class Points:
    __array_interface__ = {"version": 3, "shape": (1 << 20,), "typestr": "<f4", "data": (1, False)}


def attack(a, *rest, **named):
    return Points()
