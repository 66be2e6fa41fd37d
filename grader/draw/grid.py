"""Draws arrays as grids of squares: heat maps, and the steps of a convolution on small arrays."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.draw.markup import Markup, element
from grader.model.example import Table, number_text

CELL = 34
LEGIBLE = 9  # pixels: the smallest font; a square with a longer number grows
FILLED = 1.35  # a square's size over its text's length, as a font size: digits are narrower than high
FOCUSABLE = 48  # per grid: more stops would make keyboard navigation of the page too long
STRENGTHS = 4  # shades on either side of zero


@dataclass(frozen=True)
class Cell:
    """One square: its text, and how it looks. `looks` are names of classes of the page's style."""

    text: str = ""
    looks: str = ""
    label: str = ""


def draw_grid(
    rows: Sequence[Sequence[Cell]],
    label: str,
    size: int = CELL,
    *,
    is_focusable: bool = False,
    longest: int = 0,
) -> Markup:
    """Rows of squares as an SVG with a description; its squares have room for texts of length `longest`."""
    height, width = len(rows), max(map(len, rows), default=0)
    longest = max([longest, *(len(cell.text) for row in rows for cell in row)])
    size = max(size, math.ceil(LEGIBLE * longest / FILLED))
    font = min(13.0, FILLED * size / max(longest, 1))  # the same for all, so that digits can be compared
    stops = 0
    squares: list[Markup] = []
    outlined: list[Markup] = []  # drawn last: a square covers half of its neighbor's outline
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            is_wrong = "wrong" in cell.looks
            is_stop = is_focusable and is_wrong and stops < FOCUSABLE
            stops += is_stop
            square = _square(cell, j * size, i * size, size, font, is_stop)
            (outlined if is_wrong else squares).append(square)
    view = f"-1 -1 {max(width, 1) * size + 2} {max(height, 1) * size + 2}"
    return element(
        "svg",
        [*squares, *outlined],
        viewBox=view,
        width=max(width, 1) * size + 2,
        class_="grid",
        role="group" if stops else "img",
        aria_label=label,
    )


def _square(cell: Cell, x: int, y: int, size: int, font: float, is_stop: bool) -> Markup:
    text = None
    if cell.text:
        middle = {"x": x + size / 2, "y": y + size / 2 + font / 3}
        text = element("text", cell.text, **middle, font_size=f"{font:.1f}", text_anchor="middle")
    title = element("title", cell.label) if cell.label else None
    box = element("rect", x=x, y=y, width=size, height=size)
    stop = {"tabindex": 0, "role": "img", "aria_label": cell.label or cell.text} if is_stop else {}
    return element("g", title, box, text, class_=f"cell {cell.looks}".strip(), **stop)


def magnitude(value: complex) -> float:
    """The absolute value of a number; inf where Python's `abs` overflows, for large complex numbers."""
    return math.hypot(value.real, value.imag)


def shade(value: complex, largest: float) -> str:
    """The class of a value's color: `p1` to `p4` above zero, `n1` to `n4` below, `zero`, or `nan`.

    A complex number has the color of its absolute value.
    """
    size = magnitude(value)
    if not math.isfinite(size):
        return "nan"
    if size == 0 or largest == 0:
        return "zero"
    strength = min(STRENGTHS, 1 + int(STRENGTHS * min(size / largest, 1.0)))
    is_below = not isinstance(value, complex) and value < 0
    return f"{'n' if is_below else 'p'}{strength}"


def heat_grids(
    table: Table, largest: float, numbers: Sequence[int], size: int = CELL, longest: int = 0
) -> list[Markup]:
    """An array's grids with these numbers as heat maps; keys reach each wrong element, which is outlined.

    If an array has several grids, its index stands above each. `longest` is the length of the longest number
    among arrays that are compared: all of their squares are as large as it needs.
    """
    parts: list[Markup] = []
    for number, (label, grid) in enumerate(table.grids()):
        if number not in numbers:
            continue
        rows = [[_heat(table, position, largest) for position in row] for row in grid]
        where = f"{table.name} {label}".strip()
        if label:
            parts.append(element("span", label, class_="soft line index"))
        parts.append(draw_grid(rows, where, size, is_focusable=True, longest=longest))
    return parts


def telling_grids(table: Table, most: int) -> list[int]:
    """The numbers of the first grids with a wrong element; of an array without one, of the first grids."""
    grids = [grid for _, grid in table.grids()]
    wrong = [n for n, grid in enumerate(grids) if any(table.is_wrong(p) for row in grid for p in row)]
    return (wrong or [*range(len(grids))])[:most]


def _heat(table: Table, position: int, largest: float) -> Cell:
    value = table.values[position]
    wrong = " wrong" if table.is_wrong(position) else ""
    label = f"{table.name} {list(index_of(position, table.shape))}: {number_text(value)}"
    return Cell(number_text(value), shade(value, largest) + wrong, label)


def index_of(position: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of an element by its position in C order."""
    index = []
    for length in reversed(shape):
        position, at = divmod(position, length)
        index.append(at)
    return tuple(reversed(index))


def number_grid(
    rows: Sequence[Sequence[float]], label: str, looks: Callable[[int, int], str] = lambda i, j: ""
) -> Markup:
    """Numbers in squares; `looks` gives the classes of each."""
    cells = [[Cell(number_text(v), looks(i, j)) for j, v in enumerate(row)] for i, row in enumerate(rows)]
    return draw_grid(cells, label)
