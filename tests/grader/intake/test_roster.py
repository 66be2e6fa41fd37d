"""Laws of rosters."""

from pathlib import Path

import pytest

from grader.intake.roster import Matcher, read_roster
from grader.model.errors import UserError
from grader.model.student import Student

HEADER = "student_id,name,email,section,extension\n"


def test_a_roster_is_read_whatever_the_order_of_its_columns_and_with_others_between(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        '\ufeffname,nick,student_id,email,extension,section\r\n"Lovelace, Ada",x, 1815 ,a@b.c,36h,A\r\n'
    )
    assert read_roster(path) == (Student("1815", "Lovelace, Ada", "a@b.c", "A", "36h"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("student_id,name\n1,Ada\n", ":1: found no column email, section, extension; expected the columns"),
        ("", ":1: found no column student_id"),
        (f"{HEADER}1,Ada,,,\n2,Bob,,,\n1,Ada,,,\n", ":4: student '1' stands on line 2 already"),
        (f"{HEADER},Ada,,,\n", ":2: student_id: found '', expected an id"),
        (f"{HEADER}a/b,Ada,,,\n", ":2: student_id: found 'a/b'"),
        (
            f"{HEADER}1,Ada,,,soon\n",
            ":2: extension: found 'soon', expected hours (36h), days (2d) or nothing",
        ),
        (f"{HEADER}1,A\x07da,,,\n", ":2: name: found"),
    ],
)
def test_what_is_no_roster_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        read_roster(path)
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_roster_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_bytes(b"\xff\xfe\0")
    with pytest.raises(UserError, match="UTF-8"):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "ada  LOVELACE", "Lovelace, Ada", "lovelaceada", "LovelaceAda"]
)
def test_a_name_is_found_in_any_of_its_forms(name: str) -> None:
    ada = Student("1815", "Ada Lovelace")
    assert Matcher([ada, Student("2", "Bob")]).match((), name, "") == ada
    assert Matcher([Student("3", "Ádá Lovelace")]).match((), name, "") == Student("3", "Ádá Lovelace")


def test_an_id_outweighs_a_name(tmp_path: Path) -> None:
    one, two = Student("1", "Ada"), Student("2", "Bob")
    assert Matcher([one, two]).match(("2",), "Ada", "") == two
