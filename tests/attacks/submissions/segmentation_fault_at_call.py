"""Reads address 0, at call."""

import ctypes


def flip(a, axes):
    ctypes.string_at(0)
    return a
