"""Compares values part by part and shows, in Python notation, where they first differ."""

from typing import Any

import numpy as np

from grader.judge.differences.array_difference import first_difference
from grader.judge.differences.difference import Difference, Expected
from grader.judge.differences.python_words import in_python

MISSING = "the function returned None: is a return missing?"


def value_difference(expected: Any, actual: Any, tolerance: float, path: str = "") -> Difference | None:
    """The first difference between two values; None if their types and all their parts are equal.

    With a `tolerance`, an expected real or complex number may be off by that share of max(1, |expected|). An
    expected whole number stays exact, but a float that rounds to it may take its place within the tolerance:
    a reference may return 1 where another order of operations gives 0.9999999. A number of NumPy's counts as
    the Python number of its value.
    """
    if isinstance(expected, np.ndarray) and isinstance(actual, np.ndarray):
        return _array_difference(expected, actual, tolerance, path)
    if isinstance(actual, np.ndarray) and actual.ndim == 0:  # a number of NumPy's, such as x.mean()
        actual = actual.item()
    if tolerance and _is_number(expected) and _is_number(actual):
        why = f"they are off by more than {tolerance:g} of max(1, |expected|)"
        why = "the value differs" if isinstance(expected, int) else why
        return None if _is_near(expected, actual, tolerance) else _different(expected, actual, why, path)
    if type(expected) is not type(actual):
        return _different(expected, actual, _wrong_type(expected, actual), path)
    if isinstance(expected, list | tuple):
        return _items_difference(expected, actual, tolerance, path)
    if isinstance(expected, dict):
        return _keys_difference(expected, actual, tolerance, path)
    return None if _is_equal(expected, actual) else _different(expected, actual, "the value differs", path)


def _is_equal(expected: Any, actual: Any) -> bool:
    """True for equal values, and for NaN where NaN is expected."""
    return bool(expected == actual or (expected != expected and actual != actual))


def _is_near(expected: Any, actual: Any, tolerance: float) -> bool:
    """True for a number that is equal, or within the tolerance; see `value_difference` for whole numbers."""
    if _is_equal(expected, actual):
        return True
    is_whole = isinstance(expected, int)
    if not (isinstance(actual, float) if is_whole else np.isfinite(expected)):
        return False
    try:
        off = abs(expected - actual)
        return bool(off <= tolerance * max(1, abs(expected)) and (off < 0.5 or not is_whole))
    except OverflowError:  # of a whole number that no float holds
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _wrong_type(expected: Any, actual: Any) -> str:
    if actual is None:
        return MISSING
    return f"the type differs: the function returned {_type(actual)}; {_type(expected)} is expected"


def _type(value: Any) -> str:
    names = {np.ndarray: "array", frozenset: "set", type(None): "None"}
    name = names.get(type(value), type(value).__name__)
    return name if name == "None" else f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _different(expected: Any, actual: Any, why: str, path: str) -> Difference:
    return Difference(in_python(expected), in_python(actual), f"at result{path}: {why}" if path else why)


def _items_difference(expected: Any, actual: Any, tolerance: float, path: str) -> Difference | None:
    for number, (one, other) in enumerate(zip(expected, actual, strict=False)):
        if difference := value_difference(one, other, tolerance, f"{path}[{number}]"):
            return difference
    if len(expected) != len(actual):
        why = f"the length differs: {len(actual)} items instead of {len(expected)}"
        return _different(expected, actual, why, path)
    return None


def _keys_difference(expected: Any, actual: Any, tolerance: float, path: str) -> Difference | None:
    missing, more = [k for k in expected if k not in actual], [k for k in actual if k not in expected]
    if missing or more:
        why = f"the key {missing[0]!r} is missing" if missing else f"the key {more[0]!r} is not expected"
        return _different(expected, actual, why, path)
    for key, value in expected.items():
        if difference := value_difference(value, actual[key], tolerance, f"{path}[{key!r}]"):
            return difference
    return None


def _array_difference(expected: Any, actual: Any, tolerance: float, path: str) -> Difference | None:
    bounds = (tolerance * np.maximum(1, np.abs(expected)),) if tolerance else None
    difference = first_difference(Expected((expected,), bounds), [actual], expected.dtype.name)
    if difference is None or not path:
        return difference
    why = f"at result{path}: {difference.rationale}"
    return Difference(difference.expected, difference.actual, why, difference.index)
