"""Turns the garbage collector off and hides every object from it."""

import gc

gc.disable()
gc.freeze()
gc.set_threshold(0)
gc.callbacks.append(lambda *args: print("collected"))


def attack(a, *rest, **named):
    return a
