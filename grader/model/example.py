"""One case in full: its inputs, the expected result and the actual one, as tables of numbers."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import zip_longest
from typing import Any

from grader.model.text import clean_line, plural, plural_noun

MOST_READ = 100  # numbers of one case
LINE = 16  # elements of an array with one axis that stand side by side


class Drawing(Enum):
    """How a page draws a case step by step."""

    CONVOLUTION = auto()


@dataclass(frozen=True)
class Table:
    """A named array: its elements in C order, as Python numbers, and which are `wrong` (empty: none).

    `grid` are the two axes shown as rows and columns; every index of the other axes has its own grid.
    `layout` describes a view's position in its buffer, or the dtype of a result that has the wrong one.
    """

    name: str
    shape: tuple[int, ...]
    values: tuple[Any, ...]
    dtype: str = "float32"
    grid: tuple[int, int] = (-2, -1)
    wrong: tuple[bool, ...] = ()
    layout: str = ""

    def grids(self) -> Iterator[tuple[str, list[list[int]]]]:
        """Each grid as rows of positions in `values`, with its index on the other axes.

        An array with one axis is folded into rows of LINE elements.
        """
        if len(self.shape) < 2:
            positions = range(math.prod(self.shape))
            yield (
                "",
                [list(positions[start : start + LINE]) for start in range(0, len(positions), LINE)] or [[]],
            )
            return
        rows, columns = (axis % len(self.shape) for axis in self.grid)
        others = [axis for axis in range(len(self.shape)) if axis not in (rows, columns)]
        for index in itertools.product(*(range(self.shape[axis]) for axis in others)):
            at = dict(zip(others, index, strict=True))
            label = ", ".join(str(at.get(axis, ":")) for axis in range(len(self.shape)))
            grid = [
                [self._position({**at, rows: i, columns: j}) for j in range(self.shape[columns])]
                for i in range(self.shape[rows])
            ]
            yield (f"[{label}]" if math.prod(self.shape[axis] for axis in others) > 1 else ""), grid

    def _position(self, at: Mapping[int, int]) -> int:
        position = 0
        for axis, length in enumerate(self.shape):
            position = position * length + at[axis]
        return position

    def is_wrong(self, position: int) -> bool:
        """True if an element is marked as wrong."""
        return bool(self.wrong) and self.wrong[position]


@dataclass(frozen=True)
class Example:
    """One case in full. `settings` are its plain values by name; `drawing` says how a page draws it.

    `results` are arrays of the submission that are not right or wrong by themselves. `compared` are what was
    expected and what there was instead, in words, if more than values decides.
    `end_reason` says how the case ended if there is no `actual`, and otherwise what was found in its run.
    `is_smallest`: it is not the rubric's case but the smallest one that fails in the same way.
    """

    criterion: str
    case: str
    probe: str
    drawing: Drawing | None
    description: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Table, ...] = ()
    expected: tuple[Table, ...] = ()
    actual: tuple[Table, ...] = ()
    results: tuple[Table, ...] = ()
    compared: tuple[str, str] = ("", "")
    end_reason: str = ""
    is_smallest: bool = False

    @property
    def title(self) -> str:
        """What the case is to the one that failed."""
        return "The smallest case that fails in the same way" if self.is_smallest else "The whole case"

    @property
    def is_small(self) -> bool:
        """True if all of its numbers can be read."""
        tables = (*self.inputs, *self.results, *self.expected, *self.actual)
        return sum(math.prod(table.shape) for table in tables) <= MOST_READ

    @property
    def differing(self) -> tuple[tuple[Table | None, Table | None], ...]:
        """Each expected result with the actual one, without those that are right."""
        pairs = zip_longest(self.expected, self.actual)
        return tuple(pair for pair in pairs if not _is_right(*pair))

    @property
    def right_count(self) -> str:
        """The number of results that `differing` leaves out, in words; "" if there is none."""
        count = max(len(self.expected), len(self.actual)) - len(self.differing)
        results = plural(count, "other result" if self.differing else "result")
        return f"{results} {plural_noun(count, 'is', 'are')} right" if count else ""

    @property
    def name(self) -> str:
        """`criterion/case`."""
        return f"{self.criterion}/{self.case}"


def _is_right(expected: Table | None, actual: Table | None) -> bool:
    """True if a result was compared and no element of it is wrong."""
    if expected is None or actual is None or expected.shape != actual.shape:
        return False
    return bool(actual.wrong) and not any(actual.wrong) and not actual.layout


def number_text(value: complex) -> str:
    """A number in its shortest form: `3`, `0.25`, `-1.5e+20`, `nan`, `1+2j`, `True`."""
    if isinstance(value, int):
        return str(value)
    return f"{value + 0.0:.6g}"  # -0.0 + 0.0 is 0.0, and the two are equal


def setting_text(value: object) -> str:
    """A plain value of a case on one line: `2`, `(3, 2)`, `{shape: (2, 4), offset: 3}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {setting_text(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "(" + ", ".join(map(setting_text, value)) + ("," if len(value) == 1 else "") + ")"
    return number_text(value) if isinstance(value, float) else clean_line(str(value))
