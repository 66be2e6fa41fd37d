"""Laws of CSV: no cell is a formula, and every cell can be read back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.file_formats.csv_cells import as_written, harmless, to_csv
from grader.model.text import visible

texts = st.text(max_size=8) | st.text(alphabet="'=+-@ \t\n,\"1a", max_size=8)


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=4))
def test_a_written_cell_reads_back_as_a_person_sees_it(lines: list[list[str]]) -> None:
    """Unchanged, except for invisible characters that a terminal would obey: they are spelled out."""
    read = list(csv.reader(io.StringIO(to_csv(lines).decode(), newline="")))
    plain = [[visible(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in line] for line in lines]
    if not any("\r" in cell or "\t" in cell for line in lines for cell in line):
        assert [[as_written(cell) for cell in line] for line in read] == plain


@given(texts)
def test_no_cell_begins_as_a_formula_does_unless_it_is_a_number(cell: str) -> None:
    text = harmless(cell)
    if text.strip(" \n")[:1] in ("=", "+", "-", "@"):
        assert text in ("+", "-") or float(text) is not None


@pytest.mark.parametrize("cell", ["-5", "+1.25", "-", "0", "Ada", "a=b", ""])
def test_a_number_and_a_plain_name_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell
