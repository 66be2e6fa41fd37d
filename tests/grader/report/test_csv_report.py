"""Laws of grades.csv."""

import csv
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.class_row import ClassRow
from grader.report.csv_report import write_grades


@pytest.fixture
def small(make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]) -> Grade:
    ok, wrong = (CheckResult("conv", "c", status) for status in (Status.OK, Status.WRONG))
    return make_grade(make_criterion("conv", 5, [ok, wrong, wrong]), make_criterion("dilate", 10, [ok]))


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_one_row_a_student_and_blank_cells_where_there_is_no_grade(small: Grade, tmp_path: Path) -> None:
    dense = replace(small, assignment="dense", criteria=small.criteria[1:])
    rows = [
        ClassRow("zoe", "dense", dense),
        ClassRow("ada", "dense", dense),
        ClassRow("ada", "conv_backward", small),
        ClassRow("bob", "dense", None, "it blew up in /home/someone"),
    ]
    assert write_grades(rows, tmp_path).read_text() == (
        "student_id,conv_backward,conv_backward.conv,conv_backward.dilate,dense,dense.dilate,needs_person\n"
        "ada,11.67,1.67,10,10,10,\n"
        "bob,,,,,,dense: grading failed\n"
        "zoe,,,,10,10,\n"
    )


def test_what_needs_a_person_is_named(mixed: Grade, tmp_path: Path) -> None:
    path = write_grades([ClassRow("ada", "conv_backward", mixed)], tmp_path)
    assert read(path)[1][-1] == "conv_backward: not scored: speed/large"


def test_the_order_of_the_grades_does_not_matter(small: Grade, tmp_path: Path) -> None:
    rows = [ClassRow(id, "conv_backward", small) for id in ("c", "a", "b")]
    assert (
        write_grades(rows, tmp_path / "one").read_bytes()
        == write_grades(rows[::-1], tmp_path / "two").read_bytes()
    )


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_is_never_a_formula(small: Grade, tmp_path: Path, first: str) -> None:
    path = write_grades([ClassRow(f'{first}cmd|" /c calc"!A0,1', "conv_backward", small)], tmp_path)
    assert read(path)[1][0].startswith("'")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(id=st.text(min_size=1))
def test_any_name_leaves_the_rows_as_they_are(small: Grade, tmp_path: Path, id: str) -> None:
    header, line = read(write_grades([ClassRow(id, "conv_backward", small)], tmp_path))
    assert len(header) == len(line) == 5
    assert line[1:] == ["11.67", "1.67", "10", ""]


def test_a_write_that_fails_leaves_the_earlier_file(
    small: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grades([ClassRow("ada", "conv_backward", small)], tmp_path)
    before = path.read_bytes()

    def disk_full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", disk_full)
    with pytest.raises(OSError, match="no space"):
        write_grades([ClassRow("bob", "conv_backward", small)], tmp_path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
