"""Right functions in styles of their own, as students write them, and submissions with slips in them."""

from itertools import combinations

from tests.diagnosis.conv_gradients import W_GRAD, W_GRAD_SLIPS, X_GRAD, X_GRAD_SLIPS
from tests.diagnosis.forward import CONV, CONV_SLIPS, PAD, PAD_SLIPS
from tests.diagnosis.rearrangements import DILATE, DILATE_SLIPS, FLIP, FLIP_SLIPS, UNDILATE, UNDILATE_SLIPS
from tests.diagnosis.slip import Slip

IMPORTS = """\
import numpy as np
from ndarray import array


def two(value):
    return (value, value) if isinstance(value, int) else (value[0], value[1])
"""
RIGHT = {
    "conv_x_grad": X_GRAD,
    "conv_w_grad": W_GRAD,
    "dilate": DILATE,
    "flip": FLIP,
    "undilate": UNDILATE,
    "conv": CONV,
    "pad": PAD,
}
SLIPS = {
    "conv_x_grad": X_GRAD_SLIPS,
    "conv_w_grad": W_GRAD_SLIPS,
    "dilate": DILATE_SLIPS,
    "flip": FLIP_SLIPS,
    "undilate": UNDILATE_SLIPS,
    "conv": CONV_SLIPS,
    "pad": PAD_SLIPS,
}
ASSIGNMENTS = {
    "conv_backward": ("conv_x_grad", "conv_w_grad", "dilate", "flip", "undilate", "conv"),
    "conv_forward": ("pad",),
}


def submission(solution: str, function: str, slips: tuple[Slip, ...] = ()) -> str:
    """The solution with this function in its own style, and slips in it; ValueError where two do not fit."""
    text = RIGHT[function]
    for one in slips:
        if text.count(one.old) != 1:
            raise ValueError(f"{one.old!r} is not there exactly once")
        text = text.replace(one.old, one.new)
    return f"{solution.rstrip()}\n\n\n{IMPORTS}\n{text}"


def together(solution: str, function: str, count: int) -> list[tuple[str, frozenset[str]]]:
    """Every submission with so many slips that fit together, and the ideas that are true of it."""
    pairs = []
    for slips in combinations(SLIPS[function], count):
        try:
            text = submission(solution, function, slips)
        except ValueError:
            continue
        pairs.append((text, frozenset().union(*(one.ideas for one in slips))))
    return pairs
