"""Describes an expected answer, and the first difference of an actual answer from it."""

from dataclasses import dataclass
from typing import Any

from grader.judge.differences.probe_values import NO_VALUE, Array


@dataclass(frozen=True)
class Expected:
    """The arrays that a probe must return, and optional bounds on the error of each element.

    `value` is the expected result if it is more than arrays; it then holds its arrays itself.
    """

    arrays: tuple[Array, ...]
    bounds: tuple[Array, ...] | None = None
    value: Any = NO_VALUE


@dataclass(frozen=True)
class Difference:
    """The first difference between an answer and the expected one, worded for a student."""

    expected: str
    actual: str
    rationale: str
    index: tuple[int, ...] | None = None
