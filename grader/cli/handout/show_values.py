"""Shows values in `grader try`, with every difference between two of them marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console

from grader.judge.comparisons import comparison_of
from grader.judge.differences.array_difference import wrong_elements
from grader.judge.differences.difference import Expected
from grader.judge.differences.probe_values import NO_VALUE
from grader.judge.differences.python_words import in_python
from grader.judge.differences.value_difference import value_difference
from grader.model.assignment import Case, Criterion
from grader.model.example import Table
from grader.report.terminal.show_example import lines_of

NOTHING_EXPECTED = "This case compares results of your own functions, so it has no expected value."
OF_THE_RUN = "The grader also judges what the run did: `make grade CASE={name}` shows that."

NOT_GIVEN = object()  # a function without `return` gives None, which is a value to show

NumPyArray = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Show:
    """`show(a)` prints a value, `show(a, b)` prints two and marks where they differ.

    If the first is the `expected` value of the case, elements may be off by the case's bounds, as when the
    case is graded. If that value `is_data`, that is, more than arrays, `tolerance` bounds its numbers, as a
    share of max(1, |expected|). `names` are the names of the case's results, "" for one without a name.
    With `watches_the_run` only the first result is a value; the others record the run, and are not compared.
    """

    case: str
    expected: Any
    is_data: bool
    bounds: Sequence[NumPyArray] | None
    tolerance: float
    names: Sequence[str]
    watches_the_run: bool

    def __call__(self, first: Any, second: Any = NOT_GIVEN) -> None:
        """Prints one value, or two with every difference marked."""
        is_expected = first is self.expected
        if is_expected and isinstance(first, tuple) and not first:
            print(NOTHING_EXPECTED)
            if second is NOT_GIVEN:
                return
            first, second = second, NOT_GIVEN
        names = ("expected", "actual") if is_expected and first is self.expected else ("first", "second")
        if is_expected and self.watches_the_run:
            first, second = first[0], second[0] if isinstance(second, tuple) else second
            print(OF_THE_RUN.format(name=self.case))
        both = zip(names, (first, second), strict=True)
        parts_by_name = [(name, _parts(value)) for name, value in both if value is not NOT_GIVEN]
        are_arrays = all(isinstance(part, np.ndarray) for _, parts in parts_by_name for part in parts)
        if not are_arrays or (is_expected and self.is_data):
            self._show_values(names, first, second, self.tolerance if is_expected else 0.0)
            return
        counts = {len(parts) for _, parts in parts_by_name}
        if len(counts) > 1:
            print(", ".join(f"{name} has {len(parts)} results" for name, parts in parts_by_name))
        for number in range(max(counts, default=0)):
            if max(counts) > 1:
                print(self._title(number, max(counts)))
            bound = self.bounds[number] if is_expected and self.bounds and number < len(self.bounds) else None
            _show_arrays(
                [(name, parts[number]) for name, parts in parts_by_name if number < len(parts)], bound
            )

    def _title(self, number: int, count: int) -> str:
        name = self.names[number] if number < len(self.names) else ""
        return f"{name or 'result'} ({number + 1} of {count})"

    @staticmethod
    def _show_values(names: Sequence[str], first: Any, second: Any, tolerance: float) -> None:
        print(f"{names[0]}: {in_python(first)}")
        if second is NOT_GIVEN:
            return
        print(f"{names[1]}: {in_python(second)}")
        difference = value_difference(first, second, tolerance)
        print("equal" if difference is None else difference.rationale)


def show_for(criterion: Criterion, case: Case, expected: Expected, value: Any) -> Show:
    """The function `show` of a case, whose expected value the student knows as `value`."""
    comparison = comparison_of(case)
    is_data = expected.value is not NO_VALUE
    tolerance = comparison.tolerance(case)
    watches = comparison.watches_the_run
    return Show(case.name, value, is_data, expected.bounds, tolerance, criterion.results, watches)


def _parts(value: Any) -> list[Any]:
    """The arrays of a value; anything else stays as it is."""
    return [_dense(part) for part in (value if isinstance(value, tuple) else (value,))]


def _dense(value: Any) -> Any:
    if hasattr(value, "numpy"):
        return np.asarray(value.numpy())
    try:
        array = np.asarray(value)
    except ValueError:  # lists of several lengths
        return value
    return array if array.dtype.kind in "biuf" else value


def _show_arrays(arrays: Sequence[tuple[str, NumPyArray]], bound: NumPyArray | None) -> None:
    console = Console()
    wrong: NumPyArray | None = None
    if len(arrays) == 2 and arrays[0][1].shape == arrays[1][1].shape:
        wrong = wrong_elements(arrays[0][1], arrays[1][1], bound)
    for name, array in arrays:
        for line in lines_of(_table(name, array, wrong)):
            console.print(line, highlight=False)
    if wrong is None:
        return
    count = int(np.count_nonzero(wrong))
    off = "" if np.array_equal(arrays[0][1], arrays[1][1]) else " but for rounding"
    text = f"{count} of {wrong.size} elements differ" if count else f"equal{off}"
    console.print(text, highlight=False)


def _table(name: str, array: NumPyArray, wrong: NumPyArray | None) -> Table:
    values = tuple(float(value) for value in array.reshape(-1))
    marks = () if wrong is None else tuple(bool(each) for each in np.asarray(wrong).reshape(-1))
    grid = (1, 2) if array.ndim == 4 and array.shape[0] * array.shape[3] == 1 else (-2, -1)
    return Table(name, array.shape, values, array.dtype.name, grid, marks)
