"""Reads address 0, at call."""

import ctypes


def attack(a, *rest, **named):
    ctypes.string_at(0)
    return a
