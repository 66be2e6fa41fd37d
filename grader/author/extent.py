"""Counts the elements of a case's inputs and result from its keys, before anything is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

MAX_ELEMENTS = 1 << 24  # 64 MiB of float32, for all arrays of a case together


# What `grader.judge.cases` draws where a rubric gives no shape is no larger than this.
LARGEST_DRAWN: Mapping[str, Mapping[str, Any]] = {
    "conv": {"batch": 3, "x": [20, 20, 4], "w": [4, 4, 4], "stride": 1, "padding": 3},
    "view_chain": {"chain": [6, 6, 6], "ops": []},
}


def elements(kind: str, parameters: Mapping[str, Any], views: Sequence[str], is_drawn: bool = False) -> int:
    """At least so many elements as a case's arrays hold; a length of 0 counts as 1, and costs as little."""
    parameters = LARGEST_DRAWN[kind] if is_drawn else parameters
    return sum(_size(shape, views) for shape in _inputs(kind, parameters)) + sum(
        _size(shape, ()) for shape in _results(kind, parameters)
    )


def _size(shape: Iterable[int], views: Sequence[str]) -> int:
    """Of the base that an array of this shape is a view of: `slice` takes every second element."""
    lengths = list(shape)
    for _ in range(list(views).count("slice")):
        lengths = [2 * n + 2 for n in lengths]
    return prod(max(n, 1) for n in lengths)


def _inputs(kind: str, own: Mapping[str, Any]) -> list[list[int]]:
    if kind == "conv":
        return [[own["batch"], *own["x"]], [*own["w"], own["x"][2]], _conv_result(own)]
    if kind == "matmul":
        samples, features, outputs = own["matmul"]
        return [[samples, features], [features, outputs], [samples, outputs], [outputs]]
    if kind == "logits":
        return [own["logits"]] * 2
    if kind == "view_chain":
        return [own["chain"]]
    return [own["shape"], own.get("other", []), own["shape"] if own.get("upstream") else []]


def _results(kind: str, own: Mapping[str, Any]) -> list[list[int]]:
    if kind == "conv":
        return [_conv_result(own)]
    if kind == "matmul":
        samples, _, outputs = own["matmul"]
        return [[samples, outputs]]
    if kind == "logits":
        return [own["logits"]]
    if kind == "view_chain":
        arguments = [argument for step in own["ops"] for name, argument in step.items() if name != "index"]
        return [[n for n in argument if isinstance(n, int)] for argument in arguments]
    return [*_array_results(own)]


def _array_results(own: Mapping[str, Any]) -> Iterable[list[int]]:
    yield [n * (own.get("dilation", 0) + 1) for n in own["shape"]]
    padding = own.get("padding", [])
    yield [n + max(sum(pair), 0) for n, pair in zip(own["shape"], padding, strict=False)]
    yield own.get("target", [])
    yield own.get("strided", {}).get("shape", [])
    if "other" in own:  # a product of matrices, or what both broadcast to
        yield [*own["shape"][:1], *own["other"][-1:]]


def _conv_result(own: Mapping[str, Any]) -> list[int]:
    """The shape that the forward pass has: batch, height, width, filters."""
    stride, padding = (value if isinstance(value, list) else [value] * 2 for value in map(own.get, KEYS))
    sizes = zip(own["x"][:2], own["w"][:2], stride, padding, strict=True)
    return [own["batch"], *((n + 2 * p - k) // s + 1 for n, k, s, p in sizes), own["w"][2]]


KEYS = ("stride", "padding")
