"""Laws of the gradebook."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.gradebook import Gradebook
from grader.model.assignment import Visibility
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.report.class_row import ClassRow

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ANYTHING = st.text(st.characters(codec=None), max_size=8)
RESULTS = st.builds(
    CheckResult,
    criterion=NAMES,
    case=NAMES,
    status=st.sampled_from(Status),
    visibility=st.sampled_from(Visibility),
    inputs=ANYTHING,
    index=st.none() | st.lists(st.integers(), max_size=4).map(tuple),
    expected=ANYTHING,
    actual=ANYTHING,
    rationale=ANYTHING,
    help=ANYTHING,
    output=ANYTHING,
    misconceptions=st.lists(ANYTHING, max_size=2).map(tuple),
    follow_through=st.floats(0, 1, exclude_max=True),
)
CRITERIA = st.builds(
    CriterionGrade,
    id=NAMES,
    title=NAMES,
    points=st.fractions(min_value=0),
    score=st.fractions(),
    status=st.sampled_from(Status),
    results=st.lists(RESULTS, max_size=3).map(tuple),
    reason=ANYTHING,
)
GRADES = st.builds(
    Grade,
    assignment=NAMES,
    submission=NAMES,
    criteria=st.lists(CRITERIA, max_size=3).map(tuple),
    sandbox=NAMES,
    device=NAMES,
    withheld=st.fractions(),
    not_selected=st.integers(0, 9),
    versions=st.dictionaries(NAMES, ANYTHING, max_size=2),
)


@settings(max_examples=30, deadline=None)
@given(grades=st.dictionaries(NAMES, GRADES, max_size=3))
def test_what_was_written_is_read_back_equal(grades: dict[str, Grade]) -> None:
    with tempfile.TemporaryDirectory() as folder, Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for student, grade in grades.items():
            book.record(student, "digest", grade)
        assert book.grades() == [
            ClassRow(student, grade.assignment, grade) for student, grade in sorted(grades.items())
        ]


def test_a_grade_outlives_its_process(url: str, grade: Grade) -> None:
    with Gradebook(url) as book:
        book.record("ada", "1", grade)
    with Gradebook(url, create=False) as book:
        assert book.grades() == [ClassRow("ada", "conv_backward", grade)]


def test_a_regrade_replaces_the_earlier_grade_and_leaves_nothing_of_it(
    gradebook: Gradebook, url: str, grade: Grade
) -> None:
    better = replace(grade, criteria=(replace(grade.criteria[0], score=Fraction(5)),))
    gradebook.record("ada", "1", grade)
    gradebook.record("bob", "1", grade)
    gradebook.record("ada", "2", better)
    gradebook.record("ada", "2", better)
    assert [row.grade for row in gradebook.grades()] == [better, grade]
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("students", "submissions", "grades", "criterion_grades", "case_results")
        ]
    database.close()
    assert counts == [2, 3, 2, 3, 4]


def test_scores_are_exact_fractions_that_a_person_can_read(
    gradebook: Gradebook, url: str, grade: Grade
) -> None:
    gradebook.record("ada", "1", grade)
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    assert database.execute("SELECT score, max_score FROM grades").fetchall() == [("5/3", "36/7")]
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_fault_keeps_the_earlier_grade_and_a_regrade_clears_it(gradebook: Gradebook, grade: Grade) -> None:
    gradebook.record("ada", "1", grade)
    for reason in ("it blew up", "again \ud800"):
        gradebook.record_fault("ada", "2", "conv_backward", reason)
    gradebook.record_fault("bob", "1", "conv_backward", "boom")
    ada, bob = gradebook.grades()
    assert ada == ClassRow("ada", "conv_backward", grade, "again \ud800")
    assert bob == ClassRow("bob", "conv_backward", None, "boom")
    assert ada.needs_person == bob.needs_person == "grading failed"
    gradebook.record("ada", "2", grade)
    assert gradebook.grades()[0] == ClassRow("ada", "conv_backward", grade)


def test_a_write_that_fails_half_way_leaves_the_earlier_grade(gradebook: Gradebook, grade: Grade) -> None:
    gradebook.record("ada", "1", grade)
    broken = replace(grade, criteria=(*grade.criteria, replace(grade.criteria[0], id=None)))  # type: ignore[arg-type]
    with pytest.raises(UserError, match="NOT NULL"):
        gradebook.record("ada", "2", broken)
    assert gradebook.grades() == [ClassRow("ada", "conv_backward", grade)]


def test_two_gradebooks_on_one_file_wait_for_each_other(gradebook: Gradebook, url: str, grade: Grade) -> None:
    with Gradebook(url) as other:
        for n in range(20):
            (gradebook, other)[n % 2].record(f"student-{n:02d}", "1", grade)
        assert gradebook.grades() == other.grades()
        assert len(other.grades()) == 20


KILLED = """
import os, signal, sys
from fractions import Fraction
from sqlalchemy import event
from grader.batch.gradebook import Gradebook
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

url, fatal, generation = sys.argv[1], int(sys.argv[2]), sys.argv[3]
results = tuple(CheckResult("conv", f"case-{n}", Status.OK, output=generation) for n in range(40))
criteria = (CriterionGrade("conv", "t", Fraction(5), Fraction(5), Status.OK, results, reason=generation),) * 2
statements = 0

with Gradebook(url) as book:
    @event.listens_for(book._engine, "before_cursor_execute")
    def die(*_):
        global statements
        statements += 1
        if statements == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    for n in range(5):
        book.record(f"student-{n}", generation, Grade("conv", f"student-{n}", criteria, "none"))
"""


def test_a_killed_run_leaves_each_grade_whole_or_absent(url: str) -> None:
    """Killed before its n-th statement, while a first run is written and while others replace it."""
    for fatal, generation in ((9, "one"), (99, "one"), (19, "two"), (6, "three")):
        killed = subprocess.run([sys.executable, "-c", KILLED, url, str(fatal), generation], check=False)
        assert killed.returncode == (0 if fatal == 99 else -signal.SIGKILL)
        with Gradebook(url, create=False) as book:
            rows = book.grades()
        assert len(rows) == (0 if fatal == 9 else 5)
        for row in rows:
            assert row.grade is not None
            assert [len(c.results) for c in row.grade.criteria] == [40, 40]
            assert len({r.output for c in row.grade.criteria for r in c.results}) == 1
    assert {row.grade.criteria[0].reason for row in rows if row.grade} == {"one", "two"}


def not_a_database(path: Path) -> None:
    path.write_text("grades, as a spreadsheet has them " * 100)


def somebody_elses(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE photographs (id)")
    database.close()


def newer_schema(path: Path) -> None:
    Gradebook(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE schema_version SET version = 99")
    database.close()


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("trouble", [not_a_database, somebody_elses, newer_schema, a_folder])
def test_a_file_that_is_no_gradebook_is_said_in_one_line_and_left_alone(
    tmp_path: Path, trouble: object
) -> None:
    path = tmp_path / "gradebook.db"
    trouble(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(UserError) as error:
        Gradebook(f"sqlite:///{path}")
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert not path.is_file() or path.read_bytes() == before


@pytest.mark.parametrize(
    "url", ["gradebook.db", "nosuch://host/db", "postgresql+nosuch://u@h/db", "sqlite:////proc/no/book.db"]
)
def test_a_url_that_nothing_opens_is_said_in_one_line(url: str) -> None:
    with pytest.raises(UserError, match="cannot use this gradebook") as error:
        Gradebook(url)
    assert "\n" not in str(error.value)


def test_reading_never_makes_a_gradebook(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such gradebook"):
        Gradebook(f"sqlite:///{tmp_path}/typo.db", create=False)
    assert os.listdir(tmp_path) == []
