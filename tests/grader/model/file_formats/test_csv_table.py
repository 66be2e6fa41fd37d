"""Laws of reading a CSV by its header."""

from pathlib import Path

import pytest

from grader.model.errors import UserError
from grader.model.file_formats.csv_table import read_table
from tests.tables import by_name


def test_a_row_is_named_by_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'\xef\xbb\xbfid,text\r\n1,"two\r\nlines"\r\n2,one\r\n')

    assert list(read_table(path, ("id", "text"))) == [
        (3, {"id": "1", "text": "two\nlines"}),
        (4, {"id": "2", "text": "one"}),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    by_name(
        {
            "latin_1": (b"id,text\n1,\xe9\n", r"csv:2: found bytes that are not UTF-8; save it as CSV UTF-8"),
            "semicolons": (b"id;text\n1;a\n", r"csv:1: found columns separated by a semicolon"),
            "no_column": (b"id\n1\n", r"csv:1: found no column text; expected the columns id, text"),
            "a_column_almost": (
                b"id,txt\n1,2\n",
                r"; found 'txt'; did you mean 'text'\?",
            ),
            "nothing": (b"", r"csv:1: found none of the columns; expected the columns id, text"),
        }
    ),
)
def test_an_invalid_table_is_refused_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(UserError, match=message):
        list(read_table(path, ("id", "text")))


def test_a_file_that_is_not_there_is_a_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        list(read_table(tmp_path / "none.csv", ("id",)))
