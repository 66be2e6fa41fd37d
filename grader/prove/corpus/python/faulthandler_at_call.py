"""Crashes and dumps all its threads to every descriptor, at call."""

import ctypes
import faulthandler


def attack(a, *rest, **named):
    for descriptor in range(5):
        faulthandler.enable(descriptor, all_threads=True)
    ctypes.string_at(0)
    return a
