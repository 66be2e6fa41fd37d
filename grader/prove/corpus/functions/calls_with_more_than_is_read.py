"""It calls a function with a frame that is longer than the judge reads."""

import numpy


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    return function(numpy.zeros(1 << 24))
