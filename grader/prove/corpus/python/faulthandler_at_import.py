"""Crashes with the dump of all threads going to every descriptor, at import."""

import ctypes
import faulthandler

for descriptor in range(5):
    faulthandler.enable(descriptor, all_threads=True)
ctypes.string_at(0)
