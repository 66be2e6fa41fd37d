"""Laws of rosters."""

from pathlib import Path

import pytest

from grader.intake.roster import read_roster
from grader.model.errors import UserError
from grader.model.student import Student

HEADER = "student_id,name,email,section,extension\n"


def test_a_roster_may_have_further_columns_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        '\ufeffname,nick,student_id,email,extension,section\r\n"Lovelace, Ada",x, 1815 ,a@b.c,36h,A\r\n'
    )
    assert read_roster(path) == (Student("1815", "Lovelace, Ada", "a@b.c", "A", "36h"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student_id,name\n1,Ada\n", ":1: found no column email, section, extension; expected the columns"),
        ("", ":1: found none of the columns"),
        (f"{HEADER}1,Ada,,,\n2,Bob,,,\n1,Ada,,,\n", ":4: student '1' is already on line 2"),
        (f"{HEADER},Ada,,,\n", ":2: student_id: found '', expected an id"),
        (f"{HEADER}a/b,Ada,,,\n", ":2: student_id: found 'a/b'"),
        (
            f"{HEADER}1,Ada,,,soon\n",
            ":2: extension: found 'soon', expected hours (36h), days (2d) or nothing",
        ),
        (f"{HEADER}1,A\x07da,,,\n", ":2: name: found"),
        (f'{HEADER}1,"A\nda",,,\n', ":3: name: found"),
        (f"{HEADER}1,Ada,,,\n2,Bob,,,3000000d\n", ":3: extension: found '3000000d', expected hours (36h)"),
        (f"{HEADER}1,Ada,,,{'9' * 400}h\n", ":2: extension: found '999"),
        (f"{HEADER}1,Ada,,,\n2,{'B' * 200_000},,,\n", ":3: found no CSV: field larger than field limit"),
        ("B" * 200_000, ":1: found no CSV: field larger than field limit"),
        (HEADER.replace(",", ";"), ":1: found columns separated by a semicolon, expected commas"),
        (HEADER.replace(",", "\t"), ":1: found columns separated by a tab, expected commas"),
    ],
)
def test_a_mistake_in_a_roster_is_explained_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        read_roster(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_roster_that_cannot_be_read_is_explained_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_bytes(b"\xff\xfe\0")
    with pytest.raises(UserError, match="UTF-8"):
        read_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_bytes(f"{HEADER}1,Jörg,,,\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"roster.csv:2: found bytes that are not UTF-8; save it as"):
        read_roster(tmp_path / "roster.csv")


def test_students_of_one_group_share_its_name(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "group,student_id,name,email,section,extension\nBlue,1,,,,\nBlue,2,,,,\n"
    )
    assert [student.group for student in read_roster(tmp_path / "roster.csv")] == ["Blue", "Blue"]


def test_a_roster_may_name_logins_in_any_column(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "student_id,login,name,email,section,extension\n1,ada,,,,\n2,,,,,\n", encoding="utf-8"
    )
    assert [student.login for student in read_roster(tmp_path / "roster.csv")] == ["ada", ""]


@pytest.mark.parametrize(
    "extension", ["3000000d", "9" * 400 + "d", "1." + "9" * 5000 + "d", "\u0663d", "1e3d"]
)
def test_an_extension_that_is_no_time_is_reported_with_its_line(tmp_path: Path, extension: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"{HEADER}1,Ada,,,{extension}\n")
    with pytest.raises(UserError, match=r":2: extension: found .*, expected hours") as error:
        read_roster(path)
    assert len(str(error.value)) < 400


def test_a_field_of_200_kb_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"{HEADER}1,{'x' * 200_000},,,\n")
    with pytest.raises(UserError, match=":2: found no CSV: field larger"):
        read_roster(path)


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\x9b2J", "\u202e", "\u2066", "\u2028", "\x07"], ids=ascii)
@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_control_characters_and_direction_marks_are_refused(
    tmp_path: Path, hostile: str, column: int
) -> None:
    """So no report, in any format, shows a misleading id or name."""
    cells = ["1", "Ada", "a@b.c", "A"]
    cells[column] += f"{hostile}x"
    path = tmp_path / "roster.csv"
    path.write_text(f"{HEADER}{','.join(cells)},\n", encoding="utf-8")
    with pytest.raises(UserError, match=r":2: "):
        read_roster(path)


def test_a_name_may_hold_joiners_and_marks_of_direction(tmp_path: Path) -> None:
    """As names in Persian and Hebrew do."""
    path = tmp_path / "roster.csv"
    path.write_text(f"{HEADER}1,\u0645\u06cc\u200c\u0646\u0627\u200f,,,\n", encoding="utf-8")
    assert read_roster(path)[0].name == "\u0645\u06cc\u200c\u0646\u0627\u200f"
