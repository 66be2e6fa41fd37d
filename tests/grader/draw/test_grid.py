"""Laws of the colors of numbers."""

import pytest

from grader.draw.grid import Cell, draw_grid, magnitude, shade

LARGEST = 1.7e308


@pytest.mark.parametrize(
    "number", [LARGEST, -LARGEST, complex(LARGEST, LARGEST), complex(0, LARGEST), 2**64 - 1]
)
def test_no_number_is_too_large_for_a_color(number: complex) -> None:
    assert shade(number, LARGEST) in {"p1", "p4", "n4", "nan"}
    assert shade(number, 1.0) in {"p4", "n4", "nan"}


def test_a_number_whose_absolute_value_is_too_large_counts_as_infinite() -> None:
    assert magnitude(complex(LARGEST, LARGEST)) == float("inf")
    assert shade(complex(LARGEST, LARGEST), 1.0) == "nan"


def test_no_neighbor_covers_the_outline_of_a_wrong_square() -> None:
    """What is drawn later covers what is drawn earlier."""
    drawn = draw_grid([[Cell("1", "wrong"), Cell("2")], [Cell("3"), Cell("4", "wrong")]], "four")
    texts = [drawn.index(f">{number}</text>") for number in (2, 3, 1, 4)]
    assert texts == sorted(texts)
