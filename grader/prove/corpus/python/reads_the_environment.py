"""Looks for secrets in the environment, also without os.environ."""

import ctypes
import os


def attack(a, *rest, **named):
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    at = 0
    while environ[at]:
        if b"canary" in environ[at] or b"BACKFLIP" in environ[at]:
            print("FOUND", environ[at])
        at += 1
    if any("BACKFLIP" in name for name in os.environ):
        print("FOUND a seed")
    return a
