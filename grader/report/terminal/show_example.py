"""Prints one case in full in a terminal: every array aligned, wrong entries marked with a star."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, zip_longest

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from grader.model.example import LINE, Example, Table, number_text, setting_text
from grader.model.text import clean, clean_line

MARK = "*"
EQUALS = " = "
MOST_GRIDS = 8
MOST_ROWS, MOST_COLUMNS = 16, 16
MOST_FOLDED = 4  # rows of an array with one axis


def show_example(example: Example, console: Console) -> None:
    """Prints the case; a narrow terminal wraps long lines itself."""
    console.print(renderable(example), highlight=False)


def renderable(example: Example) -> RenderableType:
    """The case as a block of lines."""
    parts: list[RenderableType] = [Text(f"{example.title}: {clean_line(example.probe)}", "bold")]
    if example.settings:
        settings = [f"{clean_line(name)} = {setting_text(value)}" for name, value in example.settings.items()]
        # a narrow terminal breaks the line between two settings, and not within a pair
        parts.append(Padding(Columns([*(f"{one}," for one in settings[:-1]), settings[-1]]), (0, 0, 0, 2)))
    beside = {table.shape: table for table in reversed(example.actual)}  # the same places of each are shown
    for table in example.inputs:
        parts += lines_of(table, telling=beside.get(table.shape))
    for table in example.results:
        parts += lines_of(table)
    for expected, actual in example.differing:
        if expected is not None:
            parts += lines_of(expected, "green", telling=beside.get(expected.shape))
        if actual is not None:
            parts += lines_of(actual, "", "bold red")
    if example.right_count:
        parts.append(Text(f"  {example.right_count}", "dim"))
    if any(example.compared):
        parts.append(Padding(_compared(example), (0, 0, 0, 2), expand=False))
    if example.end_reason:
        has_result = example.actual or any(example.compared)
        parts.append(Text("  found" if has_result else "  actual"))
        parts.append(Padding(Text(clean(example.end_reason), "red"), (0, 0, 0, 4), expand=False))
    return Padding(Group(*parts), (0, 0, 0, 2), expand=False)


def _compared(example: Example) -> Grid:
    """Expected and actual below each other. Where each is a number and what it is, the signs are aligned."""
    texts = [clean_line(text) for text in example.compared]
    width = max(text.find(EQUALS) for text in texts) if all(EQUALS in text for text in texts) else 0
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for label, style, text in zip(("expected", "actual"), ("green", "bold red"), texts, strict=True):
        number, equals, meaning = text.partition(EQUALS)
        grid.add_row(label, Text(f"{number.rjust(width)}{equals}{meaning}", style))
    return grid


def lines_of(
    table: Table, style: str = "", marked: str = "red", telling: Table | None = None
) -> Iterator[Text]:
    """An array's name and shape, then its elements in rows, aligned.

    Of a large array, the rows and columns with wrong elements are shown first: those of `telling`, one of
    the same shape, or of the array itself.
    """
    shape = "×".join(map(str, table.shape)) or ("a number" if table.values else "")
    star = f"   {MARK} differs" if any(table.wrong) else ""
    about = f"  ({shape}){f', {table.layout}' if table.layout else ''}{star}" if shape else ""
    yield Text(f"  {clean_line(table.name)}{about}")
    if not table.values:
        return
    texts = [number_text(value) for value in table.values]
    width = max(map(len, texts))
    is_folded = len(table.shape) == 1 and len(texts) > LINE
    margin = len(f"[{len(texts)}] ")
    grids = list(table.grids())
    telling = telling or table
    for number in _telling(telling, [list(chain(*grid)) for _, grid in grids], MOST_GRIDS):
        if number is None:
            yield Text("    …", "dim")
            continue
        label, grid = grids[number]
        if label:
            yield Text(f"    {label}", "dim")
        columns = _telling(telling, list(zip_longest(*grid)), MOST_COLUMNS)
        for row in _telling(telling, grid, MOST_FOLDED if is_folded else MOST_ROWS):
            line = Text("    ")
            if row is None:
                yield line.append("…", "dim")
                continue
            if is_folded:
                line.append(f"[{grid[row][0]}]".ljust(margin), "dim")
            for column in columns:
                if column is None:
                    line.append("… ", "dim")
                elif column < len(grid[row]):
                    position = grid[row][column]
                    is_wrong = table.is_wrong(position)
                    cell = f"{texts[position].rjust(width)}{MARK if is_wrong else ' '} "
                    line.append(cell, marked if is_wrong else style)
            yield line


def _telling(table: Table, lines: Sequence[Sequence[int | None]], most: int) -> list[int | None]:
    """The numbers of the lines to show, with None for a gap: all, or `most` of them, wrong elements first."""
    wrong = [any(position is not None and table.is_wrong(position) for position in line) for line in lines]
    line_numbers = sorted(sorted(range(len(lines)), key=lambda number: (not wrong[number], number))[:most])
    numbers: list[int | None] = []
    for before, number in pairwise([-1, *line_numbers, len(lines)]):
        numbers += [None] * (number > before + 1) + [number] * (number < len(lines))
    return numbers
