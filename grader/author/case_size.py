"""Counts the elements of a case's inputs and result from its keys, before anything is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from grader.judge.kind import Kind

MAX_ELEMENTS = 1 << 24  # 64 MiB of float32, for all arrays of a case together


def elements(kind: Kind, parameters: Mapping[str, Any], views: Sequence[str], is_drawn: bool = False) -> int:
    """An upper bound on the elements of a case's arrays; a length of 0 counts as 1, and costs as little."""
    inputs, results = kind.lengths(kind.largest_drawn if is_drawn else parameters)
    return sum(_size(shape, views) for shape in inputs) + sum(_size(shape, ()) for shape in results)


def _size(shape: Iterable[int], views: Sequence[str]) -> int:
    """The size of the base that an array of this shape is a view of: `slice` takes every second element."""
    lengths = list(shape)
    for _ in range(list(views).count("slice")):
        lengths = [2 * n + 2 for n in lengths]
    return prod(max(n, 1) for n in lengths)
