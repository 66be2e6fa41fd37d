"""The values that an attack makes of a right answer, as an array of NumPy's."""

import numpy


def values(answer):
    return answer.numpy() if hasattr(answer, "numpy") else numpy.asarray(answer)
