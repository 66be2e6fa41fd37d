"""The table that an LMS exported, to be filled in and given back."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.model.errors import UserError
from grader.model.identity import Claim
from grader.model.student import Student

Find = Callable[[Claim], Student | str]  # as Identities.find does


@dataclass(frozen=True)
class Line:
    """One line of the table below its header; `number` is that in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table with a header; a cell that a line does not have is empty."""

    path: Path
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    delimiter: str = ","

    def cell(self, line: Line, column: str) -> str:
        """A line's cell, stripped; "" where there is no such column."""
        if column not in self.header or self.header.index(column) >= len(line.cells):
            return ""
        return line.cells[self.header.index(column)].strip()

    def fail(self, message: str, line: int = 1) -> UserError:
        """The complaint about a line."""
        return UserError(message, self.path, line)


def read_sheet(path: Path, needed: Iterable[str], whose: str) -> Sheet:
    """An export of `whose`, read; UserError where it is no CSV or lacks one of the `needed` columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise UserError(f"found bytes that are not UTF-8; give {whose}'s file as it is", path) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, number = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(number, tuple(cells)))
            number = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"found no CSV: {error}", path, reader.line_num) from error
    header = tuple(cell.strip() for cell in lines[0].cells) if lines else ()
    for column in needed:
        if header.count(column) != 1:
            found = "no column" if column not in header else "more than one column"
            message = f"found {found} {column!r}; expected {whose}'s export as it was downloaded"
            raise UserError(message, path, 1)
    return Sheet(path, header, tuple(lines[1:]), delimiter)
