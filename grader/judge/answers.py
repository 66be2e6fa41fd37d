"""Turns what crossed from a worker into arrays, and into a digest by which equal answers are found."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model.frame import RawArray
from grader.model.grade import Outcome

Array = npt.NDArray[Any]


def array_of(raw: RawArray) -> Array:
    """A raw array as a NumPy array; the frame's reader has checked dtype, shape and length."""
    return np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)


def arrays_of(outcome: Outcome) -> tuple[Array, ...]:
    """An outcome's arrays as NumPy arrays."""
    return tuple(array_of(raw) for raw in outcome.arrays)


def answer_of(arrays: Sequence[RawArray]) -> str:
    """A digest of what came back; equal for equal values (0.0 and -0.0 are)."""
    digest = hashlib.sha256()
    for array in arrays:
        data = array.data
        if array.dtype.startswith("<f"):
            with np.errstate(invalid="ignore"):  # a signalling NaN is an answer like any other
                data = (np.frombuffer(array.data, dtype=array.dtype) + 0).tobytes()
        digest.update(f"{array.dtype}{array.shape}".encode() + data)
    return digest.hexdigest()
