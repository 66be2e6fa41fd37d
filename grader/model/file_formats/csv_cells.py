"""CSV that a spreadsheet opens without running anything."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.model.text import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection
NUMBER = re.compile(r"[+-]|[+-]?\d+(\.\d+)?")


def to_csv(lines: Iterable[Sequence[str]]) -> bytes:
    """The lines as CSV in UTF-8; the same lines give the same bytes."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([harmless(cell) for cell in line] for line in lines)
    return file.getvalue().encode(errors="backslashreplace")


def as_written(cell: str) -> str:
    """The cell before `harmless`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def harmless(cell: str) -> str:
    """Changes `cell` so that no spreadsheet takes it for a formula and all readers count the same rows.

    Terminal control characters are written out.
    """
    if _is_formula(cell) and not NUMBER.fullmatch(cell):
        cell = f"'{cell}"
    # before 3.13 the csv module leaves a bare CR unquoted
    return visible(cell.replace("\r\n", "\n").replace("\r", "\n"))


def _is_formula(cell: str) -> bool:
    """True even after spaces and quotes, so that the quote added by `harmless` can be removed again."""
    return cell.lstrip("' \n").startswith(FORMULA)
