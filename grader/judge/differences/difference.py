"""Describes an expected answer, and the first place where an actual answer differs from it."""

from dataclasses import dataclass
from typing import Any

from grader.judge.differences.probe_values import NO_VALUE, Array


@dataclass(frozen=True)
class Expected:
    """The arrays that a probe must return, and with bounds how far off each element may be.

    `value` is what it must return where that is more than arrays; its arrays stand in it.
    """

    arrays: tuple[Array, ...]
    bounds: tuple[Array, ...] | None = None
    value: Any = NO_VALUE


@dataclass(frozen=True)
class Difference:
    """Where an answer first leaves what was expected, in a student's words."""

    expected: str
    actual: str
    rationale: str
    index: tuple[int, ...] | None = None
