"""Reads a CSV file by its header; every error names the file, the line and what was expected."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.model.did_you_mean import near_columns, near_file
from grader.model.errors import UserError

SEPARATORS = {";": "a semicolon", "\t": "a tab"}


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Each row with its last line; UserError unless the file is UTF-8 CSV with at least these columns."""
    expected = f"expected the columns {', '.join(columns)}"
    reader = csv.DictReader(io.StringIO(_text(path, expected), newline=""))
    try:
        _check_header(reader.fieldnames or (), columns, path, expected)
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        line = reader.reader.line_num or 1
        raise UserError(f"found no CSV: {error}; {expected}", path, line) from error


def _text(path: Path, expected: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}; {expected}{near_file(path)}", path) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError("found bytes that are not UTF-8; save it as CSV UTF-8", path, line) from error


def _check_header(header: Sequence[str], columns: Sequence[str], path: Path, expected: str) -> None:
    missing = [name for name in columns if name not in header]
    if not missing:
        return
    for separator, called in SEPARATORS.items():
        if header and separator in header[0]:
            commas = "expected commas: save it as comma-separated CSV"
            raise UserError(f"found columns separated by {called}, {commas}", path, 1)
    near = near_columns(header, columns)
    absent = (
        f"found no column {', '.join(missing)}"
        if len(missing) < len(columns)
        else "found none of the columns"
    )
    raise UserError(f"{absent}; {expected}{near}", path, 1)
