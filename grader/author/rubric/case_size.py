"""Counts the elements of a case's inputs and result from its keys, before anything is drawn."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

from grader.author.extensions.own_methods import lengths_of
from grader.author.yaml_document import Document
from grader.judge.kind import Kind

MAX_ELEMENTS = 1 << 24  # 64 MiB of float32, for all arrays of a case together


def check_size(document: Document, place: tuple[Hashable, ...], size: int) -> None:
    """Checks that a case's arrays, with `size` elements together, are not too large."""
    if size > MAX_ELEMENTS:
        message = f"found arrays of {size} elements of 4 bytes, expected at most {MAX_ELEMENTS} (64 MiB)"
        raise document.fail(f"{message} in a case's inputs and result: choose smaller lengths", place)


def elements(kind: Kind, parameters: Mapping[str, Any], views: Sequence[str], is_drawn: bool = False) -> int:
    """An upper bound on the elements of a case's arrays; a length of 0 counts as 1, and costs as little.

    An element of more than 4 bytes counts as several. A shorter one counts as one: it is drawn as a longer.
    """
    parameters = kind.largest_drawn if is_drawn else parameters
    (inputs, results), (input_sizes, result_sizes) = lengths_of(kind, parameters), kind.itemsizes(parameters)
    of_inputs = (_size(s, views) * max(1, n // 4) for s, n in zip(inputs, input_sizes, strict=True))
    of_results = (_size(s, ()) * max(1, n // 4) for s, n in zip(results, result_sizes, strict=True))
    return sum(of_inputs) + sum(of_results)


def _size(shape: Iterable[int], views: Sequence[str]) -> int:
    """The size of the base that an array of this shape is a view of: `slice` takes every second element."""
    lengths = list(shape)
    for _ in range(list(views).count("slice")):
        lengths = [2 * n + 2 for n in lengths]
    return prod(max(n, 1) for n in lengths)
