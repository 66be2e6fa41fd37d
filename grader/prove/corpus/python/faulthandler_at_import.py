"""Crashes and dumps all its threads to every descriptor, at import."""

import ctypes
import faulthandler

for descriptor in range(5):
    faulthandler.enable(descriptor, all_threads=True)
ctypes.string_at(0)
