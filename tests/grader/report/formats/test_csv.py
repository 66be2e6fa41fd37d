"""Laws of grades.csv."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model.class_row import ClassRow
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Adjustment
from grader.report.formats.csv import grades_csv


@pytest.fixture
def small(make_grade: Callable[..., Grade], make_criterion: Callable[..., CriterionGrade]) -> Grade:
    ok, wrong = (CheckResult("conv", "c", status) for status in (Status.OK, Status.WRONG))
    return make_grade(make_criterion("conv", 5, [ok, wrong, wrong]), make_criterion("dilate", 10, [ok]))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_one_row_a_student_and_blank_cells_where_there_is_no_grade(small: Grade) -> None:
    dense = replace(small, assignment="dense", criteria=small.criteria[1:])
    rows = [
        ClassRow("zoe", "dense", dense),
        ClassRow("ada", "dense", dense),
        ClassRow("ada", "conv_backward", small),
        ClassRow("bob", "dense", None, "it blew up in /home/someone"),
    ]
    assert grades_csv(rows).decode() == (
        "student_id,conv_backward,conv_backward.conv,conv_backward.dilate,dense,dense.dilate,needs_review,remark\n"
        "ada,11.67,1.67,10,10,10,,\n"
        "bob,,,,,,dense: grading failed,\n"
        "zoe,,,,10,10,,\n"
    )


def test_submissions_that_need_review_have_no_final_score(mixed: Grade) -> None:
    line = read(grades_csv([ClassRow("ada", "conv_backward", mixed)]))[1]
    assert (line[1], line[-2]) == ("", "conv_backward: not scored: speed/large")


def test_the_order_of_the_grades_does_not_matter(small: Grade) -> None:
    rows = [ClassRow(id, "conv_backward", small) for id in ("c", "a", "b")]
    assert grades_csv(rows) == grades_csv(rows[::-1])


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_is_never_a_formula(small: Grade, first: str) -> None:
    data = grades_csv([ClassRow(f'{first}cmd|" /c calc"!A0,1', "conv_backward", small)])
    assert read(data)[1][0].startswith("'")


def test_a_score_below_zero_stays_a_number(small: Grade) -> None:
    adjustment = Adjustment("ada", "conv_backward", "", Fraction(-20), "copied", "staff", may_exceed=True)
    data = grades_csv([ClassRow("ada", "conv_backward", small, adjustments=(adjustment,))])
    assert read(data)[1][1] == "-8.33"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(id=st.text(min_size=1))
def test_any_name_leaves_the_rows_as_they_are(small: Grade, id: str) -> None:
    header, line = read(grades_csv([ClassRow(id, "conv_backward", small)]))
    assert len(header) == len(line) == 6
    assert line[1:] == ["11.67", "1.67", "10", "", ""]
