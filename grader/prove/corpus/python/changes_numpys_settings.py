"""Leaves NumPy's error state, its printing and Python's warnings changed, to harm later submissions."""

import sys
import warnings

import numpy as np


def attack(a, *rest, **named):
    np.seterr(all="raise")
    np.set_printoptions(precision=0, threshold=1)
    warnings.simplefilter("error")
    sys.set_int_max_str_digits(640)
    return a
