"""Compares returned arrays with the expected ones and describes the first difference."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.probe_values import Array
from grader.judge.differences.shapes import Shape, explain_shape


def first_difference(
    expected: Expected,
    actual: Sequence[Array],
    dtype: str,
    explain: Callable[[Shape, Shape], str] = explain_shape,
    names: Sequence[str] = (),
) -> Difference | None:
    """The first difference, or None.

    Every element must be right, see `wrong_elements`. `dtype` is the required dtype of floats, "" for the
    expected one's; `explain` says why a shape is wrong; `names` are the arrays' names, "" for an unnamed one.
    """
    if len(actual) != len(expected.arrays):
        return Difference(
            f"{len(expected.arrays)} arrays", f"{len(actual)} arrays", "the number of results differs"
        )
    for number, array in enumerate(expected.arrays):
        bound = None if expected.bounds is None else expected.bounds[number]
        if actual[number].shape != array.shape:
            why = explain(array.shape, actual[number].shape)
            difference = Difference(str(array.shape), str(actual[number].shape), why)
            return _named(difference, number, len(actual), names)
        if array_difference := _compare_array(array, actual[number], dtype, bound):
            return _named(array_difference, number, len(actual), names)
    return None


def _named(difference: Difference, number: int, count: int, names: Sequence[str]) -> Difference:
    """The difference; if there are several results, also the result's name and number, counted from 1."""
    if count == 1:
        return difference
    name = names[number] if number < len(names) else ""
    result = f"{name} (result {number + 1} of {count})" if name else f"result {number + 1} of {count}"
    return replace(difference, rationale=f"{result}: {difference.rationale}")


def _compare_array(expected: Array, actual: Array, dtype: str, bound: Array | None) -> Difference | None:
    expected_dtype = dtype if dtype and expected.dtype.kind == "f" else expected.dtype.name
    if actual.dtype.name != expected_dtype:
        return Difference(
            expected_dtype, actual.dtype.name, "the dtype differs: a result has the dtype of its inputs"
        )
    wrong = wrong_elements(expected, actual, bound)
    count = int(np.count_nonzero(wrong))
    if count == 0:
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return Difference(
        _number(expected[index]),
        _number(actual[index]),
        _explain_values(expected, actual, wrong, bound, index),
        index,
    )


def _explain_values(
    expected: Array, actual: Array, wrong: Array, bound: Array | None, index: tuple[int, ...]
) -> str:
    count, size = int(np.count_nonzero(wrong)), expected.size
    elements = f"{count} of {size} elements" if count < size else f"all {size} elements"
    elements = elements if size > 1 else "the number"
    share = f"{elements} differ" if size > 1 else "the number differs"
    if not np.isfinite(actual).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(actual))[0])
        place = f" at {first}" if first else ""  # a single number has no index
        return f"{share}; {_number(actual[first])}{place}: {_origin(actual[first])}"
    if not actual.any():
        return f"{share}: the result holds zeros only" if size > 1 else share
    if bound is not None and _is_rounded(expected):
        off = float(_distance(expected, actual)[index])
        if not np.isfinite(off) or not np.isfinite(bound[index]):  # one of the two numbers has no neighbors
            return share
        verb = "is" if count == 1 else "are"
        here = f"Here the error is {off:.3g}; at most {bound[index]:.3g} is allowed"
        return f"{elements} {verb} off by more than rounding error. {here}"
    if expected.dtype.kind != "b" and np.array_equal(actual, -expected):
        return f"{share}: every sign is flipped"
    return share


def _origin(value: Any) -> str:
    """The operations that give a number that is not finite. A worker fills new memory with NaN."""
    if np.isnan(value):
        return "the result of inf - inf, of 0 / 0, or of memory that was never written"
    return f"larger than {value.dtype} can hold, or the result of a division by 0"


def wrong_elements(expected: Array, actual: Array, bound: Array | None) -> Array:
    """A mask of the wrong elements of an array that has the expected shape.

    An equal element is right (`==`: inputs are integers and sums are exact, see numerics). With a bound, a
    real or complex element is also right if it is finite and within its own, finite bound. A whole number
    is exact, whatever the bound. NaN equals nothing, so it is wrong.
    """
    is_right = actual == expected
    if bound is not None and _is_rounded(expected):
        is_near = (_distance(expected, actual) <= bound) & np.isfinite(bound)
        is_right |= is_near & np.isfinite(actual)
    return ~np.asarray(is_right)


def _is_rounded(array: Array) -> bool:
    """True for real and complex numbers; whole numbers and truth values are exact."""
    return array.dtype.kind in "fc"


def _distance(expected: Array, actual: Array) -> Array:
    """How far apart the elements are, in at least 64 bits; infinity if no float holds it."""
    with np.errstate(over="ignore", invalid="ignore"):
        distance: Array = np.abs(actual.astype(np.result_type(actual, np.float64)) - expected)
    return distance


def _number(value: Any) -> str:
    """An element as Python writes it; a real one with the digits that matter."""
    if value.dtype.kind in "fc":
        return f"{value.item() + 0.0:.9g}"  # -0.0 + 0.0 is 0.0, and the two are equal
    return str(value.item())
