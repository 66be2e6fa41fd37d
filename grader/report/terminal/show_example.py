"""Prints one case in full in a terminal: every array aligned, wrong entries marked with a star."""

from collections.abc import Iterator

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.model.example import Example, Table, number_text, setting_text
from grader.model.text import clean, clean_line

MARK = "*"
MOST_GRIDS = 8
MOST_ROWS, MOST_COLUMNS = 16, 16


def show_example(example: Example, console: Console) -> None:
    """Prints the case; a narrow terminal wraps long lines itself."""
    console.print(renderable(example), highlight=False)


def renderable(example: Example) -> RenderableType:
    """The case as a block of lines."""
    title = "The smallest case that fails in the same way" if example.is_smallest else "The whole case"
    parts: list[RenderableType] = [Text(f"{title}: {clean_line(example.probe)}", "bold")]
    if example.settings:
        shown = [f"{clean_line(name)} = {setting_text(value)}" for name, value in example.settings.items()]
        # a narrow terminal breaks the line between two settings, and not within a pair
        parts.append(Padding(Columns([*(f"{one}," for one in shown[:-1]), shown[-1]]), (0, 0, 0, 2)))
    for table in example.inputs:
        parts += lines_of(table)
    for table in example.expected:
        parts += lines_of(table, "green")
    for table in example.actual:
        parts += lines_of(table, "", "bold red")
    if example.ended:
        parts.append(Text("  actual"))
        parts.append(Padding(Text(clean(example.ended), "red"), (0, 0, 0, 4), expand=False))
    return Padding(Group(*parts), (0, 0, 0, 2), expand=False)


def lines_of(table: Table, style: str = "", marked: str = "red") -> Iterator[Text]:
    """An array's name and shape, then its elements in rows, aligned."""
    shape = "×".join(map(str, table.shape)) or ("a number" if table.values else "")
    star = f"   {MARK} differs" if any(table.wrong) else ""
    about = f"  ({shape}){f', {table.layout}' if table.layout else ''}{star}" if shape else ""
    yield Text(f"  {clean_line(table.name)}{about}")
    if not table.values:
        return
    texts = [number_text(value) for value in table.values]
    width = max(map(len, texts))
    for number, (label, grid) in enumerate(table.grids()):
        if number == MOST_GRIDS:
            yield Text("    …", "dim")
            return
        if label:
            yield Text(f"    {label}", "dim")
        for row in grid[:MOST_ROWS]:
            line = Text("    ")
            for position in row[:MOST_COLUMNS]:
                is_wrong = table.is_wrong(position)
                cell = f"{texts[position].rjust(width)}{MARK if is_wrong else ' '} "
                line.append(cell, marked if is_wrong else style)
            if len(row) > MOST_COLUMNS:
                line.append("…", "dim")
            yield line
        if len(grid) > MOST_ROWS:
            yield Text("    …", "dim")
