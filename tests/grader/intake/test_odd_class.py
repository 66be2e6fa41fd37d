"""Laws of the output that an instructor reads for a class with one of each oddity."""

import io

import pytest
from rich.console import Console

from grader.intake.read_class import Intake, read_class
from grader.report.terminal.doubt_kinds import OTHER, group_by_kind, print_absent, print_doubts
from tests.grader.intake.class_generator import write
from tests.grader.intake.class_model import FILE
from tests.grader.intake.class_plan import SOURCES
from tests.grader.intake.odd_class import make_odd_class


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    cls = make_odd_class(0, SOURCES, students=60)
    path = write(cls, tmp_path_factory.mktemp("odd"), as_zip=True)
    return read_class(path, [FILE], "dense", cls.roster)


def lines_of(intake: Intake, width: int, is_terminal: bool) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=is_terminal, color_system=None)
    print_doubts(intake.doubts, console)
    print_absent([student.label for student in intake.absent], intake.doubts, console)
    return file.getvalue().splitlines()


def test_every_doubt_is_of_a_kind_and_listed_once_below_its_headline(odd_class: Intake) -> None:
    groups = group_by_kind(odd_class.doubts)
    assert sum(len(doubts) for _, doubts in groups) == len(odd_class.doubts)
    assert OTHER not in [kind for kind, _ in groups]
    lines = lines_of(odd_class, 100, is_terminal=False)
    for kind, doubts in groups:
        start = lines.index(f"{len(doubts)} × {kind.headline}")
        assert lines[start + 1] == f"  To do: {kind.remedy}"
        below = lines[start + 2 : start + 2 + len(doubts)]
        assert all(line.startswith(f"    {doubt.name}") for line, doubt in zip(below, doubts, strict=True))
    assert sum(line.startswith("    ") for line in lines) == len(odd_class.doubts)


def test_a_doubt_has_the_students_name_and_id(odd_class: Intake) -> None:
    names = {student.id: student.name for student in odd_class.students}
    doubt_names = {doubt.name for doubt in odd_class.doubts}
    for one in odd_class.submissions:
        if one.submission.doubt:
            id = one.submission.student_id
            assert f"{id} ({names[id]})" in doubt_names


@pytest.mark.parametrize("width", [60, 100])
def test_in_a_terminal_no_line_is_wider_than_it(odd_class: Intake, width: int) -> None:
    lines = lines_of(odd_class, width, is_terminal=True)
    assert max(map(len, lines)) <= width
    assert len(lines) > len(lines_of(odd_class, width, is_terminal=False))


def test_an_absent_student_may_own_an_unmatched_submission(odd_class: Intake) -> None:
    (line,) = (line for line in lines_of(odd_class, 100, is_terminal=False) if "submitted nothing" in line)
    assert "some may own a submission above" in line
