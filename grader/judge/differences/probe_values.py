"""Turns data sent by a worker into arrays, and into a digest that is equal for equal answers."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import plain_data
from grader.model.grade import BLANK, HINT, Outcome, Status
from grader.model.plain_data import Encoder, decode
from grader.model.wire_format import DATA, RawArray

Array = npt.NDArray[Any]
FEW = 4  # an answer with fewer different numbers is only a hint


WORDS = re.compile(rb"[\w.-]+")
TAGS = {tag.encode() for tag in plain_data.TAGS}  # they mark up the data and are no part of it


class _NoValue:
    """The value of an answer that consists of arrays only."""

    def __repr__(self) -> str:
        return "no value"


NO_VALUE = _NoValue()


def value_of(raws: Sequence[RawArray]) -> Any:
    """A probe's result that is more than arrays; NO_VALUE if it is arrays only."""
    if not raws or raws[0].dtype != DATA:
        return NO_VALUE
    return decode(raws[0].data, [array_of(raw) for raw in raws[1:]])


def text_of(value: Any) -> tuple[str, tuple[Array, ...]]:
    """A value as text for `value_of`, and the arrays in it."""
    encoder = Encoder(lambda leaf: leaf if isinstance(leaf, np.ndarray) else None)
    return encoder.text(value), tuple(encoder.arrays)


def of_arrays(outcome: Outcome) -> Outcome:
    """An outcome for comparisons of arrays only: any other answer is the submission's error."""
    if outcome.status is not Status.OK or (value := value_of(outcome.arrays)) is NO_VALUE:
        return outcome
    return replace(
        outcome, status=Status.ERROR, arrays=(), reason=f"TypeError: {no_array(value)}", error="TypeError"
    )


def no_array(value: Any) -> str:
    """The reason why a value is not an array, worded for a student."""
    if value is None or (isinstance(value, tuple) and any(item is None for item in value)):
        return "the function returned None: is a return missing?"
    return f"the function returned a {type(value).__name__}; an array is expected"


def array_of(raw: RawArray) -> Array:
    """A raw array as a NumPy array; the frame's reader has checked dtype, shape and length."""
    return np.frombuffer(raw.data, dtype=raw.dtype).reshape(raw.shape)


def arrays_of(outcome: Outcome) -> tuple[Array, ...]:
    """An outcome's arrays as NumPy arrays; empty for a value that is more than arrays."""
    return tuple(array_of(raw) for raw in outcome.arrays if raw.dtype != DATA)


def _different_numbers(values: Array) -> int:
    """The number of different values other than 0; NaN counts as one. np.unique would import numpy.ma."""
    ordered = np.sort(values[values != 0])  # NaNs come last
    before, after = ordered[:-1], ordered[1:]
    return int(np.count_nonzero((before != after) & (before == before))) + min(ordered.size, 1)


def answer_of(arrays: Sequence[RawArray]) -> str:
    """A digest of an answer; equal for equal values (0.0 and -0.0 are equal, and so are all NaNs).

    It is marked as a hint if the answer has so few different numbers that other mistakes may give them too,
    and as blank if it has none: anything that writes nothing, or reads unwritten memory, may give that.
    """
    digest, different, is_blank = hashlib.sha256(), 0, True
    for raw in arrays:
        if raw.dtype == DATA:
            digest.update(raw.data)
            different += len(set(WORDS.findall(raw.data)) - TAGS)
            is_blank = False
            continue
        values = np.frombuffer(raw.data, dtype=raw.dtype)
        if raw.dtype.startswith(("<f", "<c")):
            with np.errstate(invalid="ignore"):  # a signalling NaN is an answer like any other
                values = values + 0
            parts = values.view(values.real.dtype)
            parts[np.isnan(parts)] = np.nan  # the sign of a NaN depends on the processor
        digest.update(f"{raw.dtype}{raw.shape}".encode() + values.tobytes())
        different += _different_numbers(values)
        is_blank = is_blank and not np.any(np.isfinite(values) & (values != 0))
    return f"{BLANK if is_blank else HINT * (different < FEW)}{digest.hexdigest()}"
