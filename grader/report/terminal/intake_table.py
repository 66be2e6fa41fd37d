"""The inventory of a class's input as a table and as CSV: every entry, its owner, its role, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from grader.model.class_input.inventory import Entry, Role
from grader.model.file_formats.csv_cells import to_csv
from grader.model.text import clean_line, plural

COLUMNS = ("entry", "student", "role", "why")
STYLES = {Role.GRADED: "green", Role.EXTRA: "", Role.LITTER: "dim", Role.REFUSED: "magenta"}


def inventory_csv(entries: Iterable[Entry]) -> bytes:
    """One line per entry, in the order of the paths."""
    rows = ([clean_line(entry.path), entry.student, entry.role.value, entry.why] for entry in entries)
    return to_csv([list(COLUMNS), *rows])


def inventory_table(entries: Iterable[Entry]) -> Table:
    """The same for a terminal."""
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold")
    for entry in entries:
        cells = (clean_line(entry.path), clean_line(entry.student), entry.role.value, clean_line(entry.why))
        table.add_row(*(Text(cell, STYLES[entry.role], overflow="fold") for cell in cells))
    return table


def inventory_line(layout: str, submissions: int, entries: Sequence[Entry]) -> str:
    """`Canvas: 298 submissions; 612 entries: 298 graded, 301 extra, 13 litter`."""
    roles = Counter(entry.role for entry in entries)
    counts = ", ".join(f"{roles[role]} {role.value}" for role in Role if roles[role])
    sizes = f"{plural(submissions, 'submission')}; {plural(len(entries), 'entry', 'entries')}"
    return f"{layout}: {sizes}: {counts or 'none'}"
