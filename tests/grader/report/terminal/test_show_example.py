"""Laws of an array in a terminal: no wrong element is left out for want of space."""

import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from grader.model.example import LINE, Example, Table
from grader.report.terminal.show_example import (
    MOST_COLUMNS,
    MOST_FOLDED,
    MOST_GRIDS,
    MOST_ROWS,
    lines_of,
    renderable,
)


def shown(shape: tuple[int, ...], wrong: int) -> list[str]:
    """The lines of an array of the numbers from 0 on, of which one is wrong."""
    size = math.prod(shape)
    marks = tuple(position == wrong for position in range(size))
    return [line.plain.rstrip() for line in lines_of(Table("a", shape, tuple(range(size)), wrong=marks))]


@pytest.mark.parametrize(
    "shape",
    [(LINE * MOST_FOLDED + 1,), (MOST_ROWS + 3, 2), (2, MOST_COLUMNS + 3), (MOST_GRIDS + 2, 2, 2)],
    ids=["one_axis", "many_rows", "many_columns", "many_grids"],
)
def test_a_wrong_element_is_shown_wherever_it_stands(shape: tuple[int, ...]) -> None:
    last = math.prod(shape) - 1
    lines = shown(shape, last)
    assert any(f"{last}*" in line for line in lines)
    assert any("…" in line for line in lines)
    assert "0" in " ".join(lines[1:4]).split()


def test_a_long_array_with_one_axis_is_folded_and_each_line_begins_with_an_index() -> None:
    lines = shown((LINE + 2,), LINE)
    assert [line.split()[0] for line in lines[1:]] == ["[0]", f"[{LINE}]"]
    assert lines[2].split()[1:] == [f"{LINE}*", f"{LINE + 1}"]
    assert not any("…" in line for line in lines)


def test_a_short_array_is_shown_in_full() -> None:
    assert shown((2, 2), 3)[1:] == ["    0  1", "    2  3*"]


def test_a_long_array_shows_the_places_with_wrong_results() -> None:
    """It shows the expected and the actual number there."""
    size = LINE * 9
    given, expected, actual = (
        Table(name, (size,), tuple(range(n, n + size))) for name, n in (("a", 0), ("e", 200), ("b", 400))
    )
    actual = replace(actual, wrong=tuple(place == size - 1 for place in range(size)))
    file = io.StringIO()
    console = Console(file=file, width=100)
    console.print(renderable(Example("c", "d", "p", None, "", {}, (given,), (expected,), (actual,))))
    text = file.getvalue()
    assert all(str(number) in text.split() for number in (size - 1, 199 + size)) and f"{399 + size}*" in text


def test_of_many_results_only_the_wrong_ones_are_shown() -> None:
    """A function that changes one of its inputs has many results, and all others are right."""
    names = ("x", "w", "out")
    expected = tuple(Table(f"expected {name}", (2,), (1, 2), wrong=()) for name in names)
    actual = tuple(Table(f"actual {name}", (2,), (1, 2), wrong=(False, name == "w")) for name in names)
    example = Example("inputs", "one", "probe", None, "", expected=expected, actual=actual)
    text = as_text(example)
    assert "actual w" in text and "expected w" in text
    assert "actual x" not in text and "expected out" not in text
    assert "2 other results are right" in text


def as_text(example: Example) -> str:
    """An example in a terminal of 100 columns."""
    file = io.StringIO()
    Console(file=file, width=100).print(renderable(example))
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 100])
def test_two_numbers_that_must_be_equal_stand_below_each_other(width: int) -> None:
    """The equals signs are in one column, and a long text goes on where it began."""
    meaning = "the slope of your cross_entropy in a random direction v, and more words"
    file = io.StringIO()
    example = Example("c", "d", "p", None, "", compared=(f"1.5 = {meaning}", "-12.25 = <grad, v>"))
    Console(file=file, width=width).print(renderable(example))
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    first, *rest = (line for line in lines if line.startswith("    "))
    assert first.startswith("    expected     1.5 = the slope")
    assert "    actual    -12.25 = <grad, v>" in rest
    assert all(line.startswith(" " * len("    expected  ")) for line in rest[:-1])


def test_a_small_case_without_a_result_that_is_right_or_wrong_names_what_was_found() -> None:
    results = (Table("conv", (1,), (3.0,)), Table("x_grad", (1,), (4.0,)))
    example = Example("c", "d", "p", None, "", results=results, compared=("3 = a", "4 = b"), end_reason="why")
    file = io.StringIO()
    Console(file=file, width=60).print(renderable(example))
    text = file.getvalue()
    places = [text.index(part) for part in ("conv  (1)", "x_grad  (1)", "expected", "actual", "found", "why")]
    assert places == sorted(places)
