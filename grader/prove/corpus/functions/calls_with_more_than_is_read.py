"""It calls a function with more than the judge reads of one frame."""

import numpy


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    return function(numpy.zeros(1 << 24))
