"""It calls a function with an argument of megabytes."""

import numpy


def attack(*given, **named):
    function = next(one for one in given if callable(one))
    return function(numpy.zeros(1 << 20))
