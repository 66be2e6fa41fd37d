"""Tells the processor to round towards zero and to flush small numbers: no comparison is made by this process."""

import ctypes


def attack(a, *rest, **named):
    ctypes.CDLL("libm.so.6").fesetround(0xC00)
    return a
