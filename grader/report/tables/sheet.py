"""Reads a table that an LMS exported, and writes it back with only a few cells changed."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.model.did_you_mean import near_file
from grader.model.errors import UserError

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Line:
    """One line of the table: its number in the file, from 1, and its cells, as meant and as written."""

    number: int
    cells: tuple[str, ...]
    raw: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A table with a header; a cell that a line does not have is empty.

    `end` is what ends a line; `mark` is the decimal mark of its numbers; `encoding` and `bom` are the file's.
    """

    path: Path
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    delimiter: str = ","
    end: str = "\n"
    mark: str = "."
    encoding: str = "utf-8"
    bom: bytes = b""
    raw_header: tuple[str, ...] = ()

    def at(self, line: Line, index: int | None) -> str:
        """A line's cell by the number of its column, stripped; "" if there is none."""
        return "" if index is None or index >= len(line.cells) else line.cells[index].strip()

    def cell(self, line: Line, column: str) -> str:
        """A line's cell, stripped; "" if there is no such column."""
        return self.at(line, self.header.index(column)) if column in self.header else ""

    def value(self, text: str) -> Fraction | None:
        """The number that a cell holds, or None."""
        if not NUMBER.fullmatch(text):
            return None
        whole, mark, decimals = text.rpartition(max(".,", key=text.rfind))
        if not mark or (text.count(mark) > 1 or (mark != self.mark and len(decimals) == 3)):
            return Fraction(re.sub(r"[.,]", "", text))  # 1,000 is a thousand if the decimal mark is a point
        return Fraction(re.sub(r"[.,]", "", whole) + f".{decimals}")

    def number(self, text: str) -> str:
        """A number as the file writes it."""
        return text.replace(".", self.mark)

    def to_bytes(self, changes: Mapping[tuple[int, int], str], indices: Sequence[int] | None = None) -> bytes:
        """The file with changed cells, by line and column; `indices` are the columns to write.

        All other text stays exactly as the LMS wrote it.
        """
        columns = range(len(self.header)) if indices is None else indices
        rows = [self.delimiter.join(self.raw_header[index] for index in columns)]
        for line in self.lines:
            cells = []
            for index in columns:
                changed = changes.get((line.number, index))
                old = line.raw[index] if index < len(line.raw) else ""
                cells.append(old if changed is None else self._quoted(changed))
            rows.append(self.delimiter.join(cells))
        text = "".join(row + self.end for row in rows)
        return self.bom + text.encode(self.encoding, errors="backslashreplace")

    def _quoted(self, cell: str) -> str:
        needs_quotes = any(special in cell for special in (self.delimiter, '"', "\n", "\r"))
        return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell

    def fail(self, message: str, line: int = 1) -> UserError:
        """The error about a line."""
        return UserError(message, self.path, line)


def read_sheet(path: Path, required: Iterable[str], owner: str, instead: Sequence[str] = ()) -> Sheet:
    """Reads an export of `owner`; UserError if it is not CSV or lacks one of the `required` columns.

    The columns `instead`, if all are there, replace the first required one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}{near_file(path)}", path) from error
    bom = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    encoding = BYTE_ORDER_MARKS.get(bom, "utf-8")
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"found bytes that are not {encoding.upper()}; use the file exactly as {owner} exported it"
        raise UserError(message, path, line) from error
    first = re.sub(r'"[^"]*"', "", text).partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = [line for line in _lines(text, delimiter, path) if any(cell.strip() for cell in line.cells)]
    header = tuple(cell.strip() for cell in lines[0].cells) if lines else ()
    both = instead and set(instead) <= set(header)
    for column in (*instead, *tuple(required)[1:]) if both else required:
        if header.count(column) != 1:
            count = "no column" if column not in header else "more than one column"
            message = f"found {count} {column!r}; expected {owner}'s export as you downloaded it"
            raise UserError(message, path, 1)
    if not lines:
        raise UserError(f"found an empty file; expected {owner}'s export as you downloaded it", path, 1)
    end = "\r\n" if "\r\n" in text else "\n"
    mark = _decimal_mark(lines[1:], delimiter)
    return Sheet(path, header, tuple(lines[1:]), delimiter, end, mark, encoding, bom, lines[0].raw)


def _lines(text: str, delimiter: str, path: Path) -> Iterable[Line]:
    """Every line, with its cells as meant and as written."""
    cell = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}\r\n]*')
    place, number = 0, 1
    while place < len(text):
        first, raw = number, []
        while True:
            match = cell.match(text, place)
            assert match is not None  # a cell may be empty
            raw.append(match[0])
            number += len(re.findall(r"\r\n|\r|\n", match[0]))
            place = match.end()
            if text[place : place + 1] != delimiter:
                break
            place += 1
        newline = re.compile(r"\r\n|\r|\n|\Z").match(text, place)
        if newline is None or (raw[-1].startswith('"') and not _is_closed(raw[-1])):
            message = f"found no CSV: expected {delimiter!r} after a closing quote"
            raise UserError(message, path, first)
        place, number = newline.end(), number + 1
        yield Line(first, tuple(map(_unquoted, raw)), tuple(raw))


def _is_closed(raw: str) -> bool:
    return len(raw) > 1 and raw.endswith('"')


def _unquoted(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') and _is_closed(raw) else raw


def _decimal_mark(lines: Iterable[Line], delimiter: str) -> str:
    """The comma if numbers have one, or if commas do not separate cells and no number has a point."""
    cells = Counter(cell.strip() for line in lines for cell in line.cells)
    if any(re.fullmatch(r"\d+,\d{1,2}", cell) for cell in cells):
        return ","
    has_point = any(re.fullmatch(r"\d+\.\d+", cell) for cell in cells)
    return "," if delimiter == ";" and not has_point else "."
