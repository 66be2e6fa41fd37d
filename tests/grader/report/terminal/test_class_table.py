"""Laws of the class's table."""

import io
from collections.abc import Callable
from dataclasses import replace

from rich.console import Console

from grader.model.class_row import ClassRow
from grader.model.grade import CriterionGrade, Grade
from grader.report.terminal.class_table import show_class


def table(*rows: ClassRow) -> str:
    file = io.StringIO()
    show_class(rows, Console(file=file, width=100))
    return file.getvalue()


def test_rows_are_sorted_and_every_score_is_there(mixed: Grade) -> None:
    text = table(ClassRow("zoe", "conv_backward", mixed), ClassRow("ada", "conv_backward", mixed))
    assert text.index("ada") < text.index("zoe")
    ada = next(line for line in text.splitlines() if "ada" in line)
    assert ada.split()[:8] == ["ada", "10", "5", "5", "0", "0", "0", "20"]


def test_a_remark_names_what_a_person_must_know(mixed: Grade) -> None:
    assert (
        ClassRow("ada", "conv_backward", mixed).remark
        == "needs review: not scored: speed/large, timeout ×1, error ×8"
    )
    assert ClassRow("ada", "conv_backward", None, "boom").remark == "needs review: grading failed"


def test_a_student_without_a_grade_has_a_row(mixed: Grade) -> None:
    text = table(ClassRow("ada", "conv_backward", mixed), ClassRow("bob", "conv_backward", None, "boom"))
    bob = next(line for line in text.splitlines() if "bob" in line)
    assert bob.split() == ["bob", *"–––––––", "needs", "review:", "grading", "failed"]


def test_a_hostile_name_is_only_a_name(mixed: Grade, hostile: str) -> None:
    text = table(ClassRow(hostile, "conv_backward", mixed))
    assert "[red]red[/red]" in text
    assert "\x1b" not in text


def test_long_names_of_many_criteria_stay_readable(make_grade: Callable[..., Grade], mixed: Grade) -> None:
    criteria = [replace(mixed.criteria[0], id=f"a_rather_long_criterion_{n}") for n in range(10)]
    text = table(ClassRow("ada", "conv_backward", make_grade(*criteria)))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("10") == 24
    assert "100" in text


def test_each_assignment_has_its_table(mixed: Grade) -> None:
    other: Callable[[str], CriterionGrade] = lambda id: replace(mixed.criteria[0], id=id)  # noqa: E731
    dense = replace(mixed, assignment="dense", criteria=(other("matmul"),))
    text = table(ClassRow("ada", "dense", dense), ClassRow("ada", "conv_backward", mixed))
    assert text.index("conv_backward") < text.index("dense") < text.index("matmul")


def test_a_table_of_too_many_criteria_keeps_a_line_for_each_student(
    make_grade: Callable[..., Grade], mixed: Grade
) -> None:
    criteria = [replace(mixed.criteria[0], id=f"criterion_{n}") for n in range(15)]
    grade = make_grade(*criteria)
    text = table(*(ClassRow(f"s100{n}", "dense", grade) for n in range(3)))
    assert "15 criteria: see --format csv, or widen the terminal" in text
    assert [line.split() for line in text.splitlines() if "s100" in line] == [
        [f"s100{n}", "150"] for n in range(3)
    ]
