"""Reads address 0, at import."""

import ctypes

ctypes.string_at(0)
