"""Turns what crossed from a worker into arrays, and into a digest by which equal answers are found."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model.frame import RawArray
from grader.model.grade import Outcome

Array = npt.NDArray[Any]
FEW = 4  # an answer with fewer different numbers is no more than a hint
HINT = "~"  # the digest of such an answer begins with it


def array_of(raw: RawArray) -> Array:
    """A raw array as a NumPy array; the frame's reader has checked dtype, shape and length."""
    return np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)


def arrays_of(outcome: Outcome) -> tuple[Array, ...]:
    """An outcome's arrays as NumPy arrays."""
    return tuple(array_of(raw) for raw in outcome.arrays)


def answer_of(arrays: Sequence[RawArray]) -> str:
    """A digest of what came back; equal for equal values (0.0 and -0.0 are).

    Marked as a hint where it holds so few different numbers that another mistake may well give them.
    """
    digest, different = hashlib.sha256(), 0
    for raw in arrays:
        values = np.frombuffer(raw.data, dtype=raw.dtype)
        if raw.dtype.startswith("<f"):
            with np.errstate(invalid="ignore"):  # a signalling NaN is an answer like any other
                values = values + 0
        digest.update(f"{raw.dtype}{raw.shape}".encode() + values.tobytes())
        different += len(np.unique(values[values != 0]))
    return f"{HINT * (different < FEW)}{digest.hexdigest()}"
