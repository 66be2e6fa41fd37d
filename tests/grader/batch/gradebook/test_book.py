"""Laws of the gradebook."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from grader.batch.gradebook import Gradebook, GradeEntry
from grader.batch.gradebook.database import errors_in_one_line
from grader.batch.gradebook.grade_json import grade_from_row, grade_to_row
from grader.batch.gradebook.schema_version import MIGRATIONS, revisions
from grader.batch.gradebook.standings import ReadGrades
from grader.batch.gradebook.tables import Table
from grader.model.assignment import Visibility
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Adjustment, AppliesTo, Student, Submission
from tests.waiting import LIMIT, MOMENT, wait_until

STANDINGS = "grader.batch.gradebook.standings.grade_from_row"
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
    notes=st.lists(ANYTHING, max_size=2).map(tuple),
)


def hand_in(book: Gradebook, student: str, files: str = "1", assignment: str = "conv") -> Submission:
    submission = Submission(student, assignment, files)
    book.hand_in([Student(student)], [submission])
    return submission


def record(book: Gradebook, student: str, grade: Grade, files: str = "1") -> Submission:
    submission = hand_in(book, student, files, grade.assignment)
    book.record(submission, GradeEntry(grade))
    return submission


def score(points: int | Fraction, name: str = "ada", output: str = "") -> Grade:
    results = tuple(CheckResult("conv", f"case-{n}", Status.OK, output=output) for n in range(3))
    criterion = CriterionGrade("conv", "t", Fraction(9), Fraction(points), Status.OK, results)
    return Grade("conv", name, (criterion,), "none")


def addressed(grade: Grade) -> GradeEntry:
    """The grade with every result stored separately, as a batch does."""
    results = {f"{r.criterion}/{r.case}": r for c in grade.criteria for r in c.results if r.criterion == c.id}
    bare = {f"at {name}": replace(r, misconceptions=(), idea="", help="") for name, r in results.items()}
    return GradeEntry(grade, "by", {name: f"at {name}" for name in results}, bare)


@settings(max_examples=30, deadline=None)
@given(grades=st.dictionaries(NAMES, GRADES, max_size=3))
def test_a_written_value_is_read_back_equal(grades: dict[str, Grade]) -> None:
    with tempfile.TemporaryDirectory() as folder, Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for student, grade in grades.items():
            record(book, student, grade)
        assert [(row.student_id, row.assignment, row.grade) for row in book.grades()] == [
            (student, grade.assignment, grade) for student, grade in sorted(grades.items())
        ]


def test_results_that_are_kept_by_content_are_read_back_equal(gradebook: Gradebook, grade: Grade) -> None:
    for student in ("ada", "bob"):  # the same files: their results are stored once
        gradebook.record(hand_in(gradebook, student), addressed(replace(grade, submission=student)))
    assert [row.grade for row in gradebook.grades()] == [grade, replace(grade, submission="bob")]
    assert gradebook.results("1").keys() == {"at conv/a", "at conv/b"}
    assert gradebook.results("2") == {}
    assert [key.graded_by for key in gradebook.grade_keys("conv").values()] == ["by", "by"]
    assert gradebook.grade_keys("another") == {}


def test_a_second_reading_sees_all_and_reads_only_the_changes(
    gradebook: Gradebook, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ReadGrades()
    read: list[str] = []

    def noting(row: Mapping[str, Any], results: Any) -> Grade:
        read.append(row["submission"])
        return grade_from_row(row, results)

    def read_again() -> set[str]:
        """The students whose grades were read."""
        new = sorted(gradebook.standings("conv", in_full=True), key=lambda row: row.student_id)
        monkeypatch.setattr(STANDINGS, noting)
        again = sorted(gradebook.standings("conv", True, before), key=lambda row: row.student_id)
        monkeypatch.setattr(STANDINGS, grade_from_row)
        assert again == new
        students, read[:] = set(read), []
        return students

    def record_as(student: str, files: str, output: str) -> None:
        grade_of_student = addressed(replace(grade, submission=student))
        fresh = {
            address: replace(result, output=output) for address, result in grade_of_student.fresh.items()
        }
        gradebook.record(hand_in(gradebook, student, files), replace(grade_of_student, fresh=fresh))

    for student, files in {"ada": "same", "bob": "same", "cyd": "own"}.items():
        record_as(student, files, "at first")
    assert read_again() == {"ada", "bob", "cyd"}
    assert read_again() == set()
    record_as("ada", "same", "another time")  # bob's files are the same, and so are his results
    assert read_again() == {"ada", "bob"}
    record_as("cyd", "newer", "at last")
    assert read_again() == {"cyd"}
    gradebook.adjust(Adjustment("bob", "conv", "", Fraction(1), "why", "who"))
    gradebook.record_fault(hand_in(gradebook, "cyd", "newest"), "why")
    read_again()
    gradebook.forget_student("ada", "conv", "left", "who")
    read_again()
    gradebook.forget_student("ada", "conv", "", "who", undo=True)
    read_again()


def test_a_grade_outlives_its_process(url: str, grade: Grade) -> None:
    with Gradebook(url) as book:
        record(book, "ada", grade)
    with Gradebook(url, create=False) as book:
        assert [row.grade for row in book.grades()] == [grade]


def test_a_regrade_replaces_the_earlier_grade_and_leaves_nothing_of_it(
    gradebook: Gradebook, url: str, grade: Grade, rows_of: Callable[[str], dict[str, list[Any]]]
) -> None:
    better = replace(grade, criteria=(replace(grade.criteria[0], score=Fraction(5)),))
    record(gradebook, "bob", grade)
    for graded in (grade, better, better):
        record(gradebook, "ada", graded)
    assert [row.grade for row in gradebook.grades()] == [better, grade]
    rows = rows_of(url)
    assert [len(rows[name]) for name in ("students", "submissions", "grades")] == [2, 2, 2]


def test_a_new_submission_counts_and_the_grade_of_the_old_one_stays(
    gradebook: Gradebook, url: str, rows_of: Callable[[str], dict[str, list[Any]]]
) -> None:
    record(gradebook, "ada", score(3), files="1")
    record(gradebook, "ada", score(2), files="2")
    assert [row.score for row in gradebook.grades()] == [2]
    assert len(rows_of(url)["grades"]) == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_best_submission_counts_and_among_equals_the_last(
    gradebook: Gradebook, order: Iterable[int]
) -> None:
    submissions = [Submission("ada", "conv", f"files-{n}", sequence=str(n)) for n in range(3)]
    gradebook.hand_in([Student("ada")], submissions)
    for n in order:
        graded = GradeEntry(score((4, 7, 7)[n], f"submission {n}"))
        gradebook.record(submissions[n], graded, rivals=[each.id for each in submissions])
    (row,) = gradebook.grades()
    assert row.grade == score(7, "submission 2")
    assert row.submission == submissions[2]


def test_scores_are_exact_fractions_that_a_person_can_read(sqlite_url: str, grade: Grade) -> None:
    with Gradebook(sqlite_url) as book:
        record(book, "ada", grade)
    database = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    assert database.execute("SELECT score, max_score FROM grades").fetchall() == [("5/3", "36/7")]
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_fault_keeps_the_earlier_grade_and_a_regrade_clears_it(gradebook: Gradebook, grade: Grade) -> None:
    ada, bob = record(gradebook, "ada", grade), hand_in(gradebook, "bob")
    for reason in ("it blew up", "again \ud800"):
        gradebook.record_fault(ada, reason)
    gradebook.record_fault(bob, "boom")
    rows = gradebook.grades()
    assert [(row.student_id, row.grade, row.fault) for row in rows] == [
        ("ada", grade, "again \ud800"),
        ("bob", None, "boom"),
    ]
    assert {row.review_reason for row in rows} == {"grading failed"}
    assert gradebook.faults("conv") == {ada.id: "ada", bob.id: "bob"}
    gradebook.record(ada, GradeEntry(grade))
    assert gradebook.grades()[0].fault == ""


def test_a_class_without_its_roster_leaves_what_the_roster_said(gradebook: Gradebook) -> None:
    ada = Student("ada", "Ada Lovelace", "ada@example.org", "A", "2d")
    gradebook.hand_in([Student("ada", "?")], [])
    gradebook.hand_in([ada], [], by_roster=True)
    gradebook.hand_in([Student("ada")], [])
    assert gradebook.students() == [ada]


def test_an_adjustment_outlives_every_regrade_of_its_submission(gradebook: Gradebook) -> None:
    first = record(gradebook, "ada", score(3))
    two = Adjustment("ada", "conv", "conv", Fraction(2, 3), "the page was misleading", "instructor")
    gradebook.adjust(two)
    for points in (1, 5):
        record(gradebook, "ada", score(points))
    (row,) = gradebook.grades()
    assert row.adjustments == (replace(two, submission=first.id),)
    assert row.score == 5 + Fraction(2, 3)
    gradebook.adjust(replace(two, points=Fraction(0)))
    assert gradebook.grades()[0].score == 5
    with pytest.raises(UserError, match="'nobody'"):
        gradebook.adjust(replace(two, student_id="nobody"))
    with pytest.raises(UserError, match="found submission 'another' for 'ada' in conv"):
        gradebook.adjust(replace(two, submission="another"))


def test_an_adjustment_for_an_earlier_submission_is_kept_and_not_applied(gradebook: Gradebook) -> None:
    record(gradebook, "ada", score(3))
    two = Adjustment("ada", "conv", "", Fraction(2), "the page was misleading", "instructor")
    gradebook.adjust(two)
    record(gradebook, "ada", score(4), files="2")
    (row,) = gradebook.grades()
    assert (row.score, row.adjustments[0].points) == (4, 2)
    assert row.review_reason == "an adjustment no longer applies: it was for an earlier submission"
    gradebook.adjust(two)  # renewed
    (row,) = gradebook.grades()
    assert (row.score, row.review_reason) == (6, "")
    record(gradebook, "ada", score(3))  # the first submission again
    gradebook.adjust(replace(two, points=Fraction(0)))
    (row,) = gradebook.grades()
    assert (row.score, row.review_reason) == (3, "")


def test_an_adjustment_for_a_student_applies_whichever_submission_counts(gradebook: Gradebook) -> None:
    gradebook.hand_in([Student("ada")], [])
    gradebook.adjust(Adjustment("ada", "conv", "", Fraction(2), "oral", "me", applies_to=AppliesTo.STUDENT))
    for files in "12":
        record(gradebook, "ada", score(3), files)
        (row,) = gradebook.grades()
        assert (row.score, row.review_reason) == (5, "")


def test_points_without_a_submission_do_not_go_to_a_later_one(gradebook: Gradebook) -> None:
    gradebook.hand_in([Student("ada")], [])
    gradebook.adjust(Adjustment("ada", "conv", "", Fraction(2), "oral", "me"))
    assert [(row.score, row.review_reason) for row in gradebook.grades()] == [(2, "")]
    record(gradebook, "ada", score(3))
    (row,) = gradebook.grades()
    assert row.score == 3 and "no longer applies" in row.review_reason


def test_the_audit_log_says_what_happened_and_refuses_to_be_rewritten(gradebook: Gradebook) -> None:
    with gradebook.run("conv", "by"):
        ada = record(gradebook, "ada", score(3))
        record(gradebook, "ada", score(4))
    gradebook.record_fault(ada, "boom")
    gradebook.adjust(Adjustment("ada", "conv", "", Fraction(1), "why", "who"))
    log = gradebook.audit_log()
    assert [row["action"] for row in log] == ["graded", "graded", "failed", "adjusted"]
    assert [row["run_id"] for row in log] == [1, 1, None, None]
    assert [row["detail"].get("before") for row in log] == [None, "3", None, None]
    for change in ("UPDATE audit_log SET action = 'nothing'", "DELETE FROM audit_log"):
        with pytest.raises(UserError, match="append-only"), gradebook._database.writing() as connection:
            connection.execute(text(change))
    assert gradebook.audit_log() == log


def test_a_write_that_fails_half_way_leaves_the_earlier_grade(gradebook: Gradebook, grade: Grade) -> None:
    record(gradebook, "ada", grade)
    with pytest.raises(UserError, match=r"(?i)not.null"):
        record(gradebook, "ada", replace(grade, sandbox=None))  # type: ignore[arg-type]
    assert [row.grade for row in gradebook.grades()] == [grade]


def test_writing_a_grade_reads_no_whole_table(sqlite_url: str, grade: Grade) -> None:
    """Otherwise each grade takes longer to write than the one before."""
    with Gradebook(sqlite_url) as book:
        statements: list[tuple[str, Any]] = []
        event.listen(
            book._database.engine,
            "before_cursor_execute",
            lambda _, __, words, given, *___: statements.append((words, given)),
        )
        submission = hand_in(book, "ada")
        book.results(submission.files)
        book.record(submission, addressed(grade))
        with book._database.engine.connect() as connection:
            plans = {
                words: [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given)]
                for words, given in statements
                if words.startswith(("SELECT", "UPDATE", "DELETE")) and not isinstance(given, list)
            }

    assert any("one_grade_counts" in line for lines in plans.values() for line in lines)
    scans = {words: lines for words, lines in plans.items() if any(line.startswith("SCAN") for line in lines)}
    assert not scans


def test_a_full_disk_is_reported_and_written_files_stay(sqlite_url: str) -> None:
    with Gradebook(sqlite_url) as book:

        @event.listens_for(book._database.engine, "begin")
        def grow_no_further(connection: Any) -> None:
            connection.exec_driver_sql("PRAGMA max_page_count = 60")

        def record_a_class() -> None:
            for n in range(1000):
                record(book, f"student-{n:04d}", score(1, output="x" * 1000))

        with pytest.raises(UserError, match="full"):
            record_a_class()
    with Gradebook(sqlite_url) as book:
        count = len(book.grades())
        assert 0 < count == len(book.audit_log())
        record(book, "one more", score(1))
        assert len(book.grades()) == count + 1


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("database or disk is full", "Free some space, then run it again"),
        ("disk I/O error", "Free some space, then run it again"),  # as with a write-ahead log
        ('could not extend file "base/1/2": No space left on device', "Free some space, then run it again"),
        ("database is locked", "Run this again when that one has ended"),
    ],
)
def test_a_database_that_cannot_be_used_now_says_what_to_do(words: str, remedy: str) -> None:
    with pytest.raises(UserError) as error, errors_in_one_line("sqlite:///g.db"):
        raise sqlite3.OperationalError(words)
    assert words in str(error.value) and str(error.value).endswith(remedy)


def test_two_gradebooks_on_one_database_wait_for_each_other(
    gradebook: Gradebook, url: str, grade: Grade
) -> None:
    with Gradebook(url) as other:
        for n in range(20):
            record((gradebook, other)[n % 2], f"student-{n:02d}", grade)
        assert gradebook.grades() == other.grades()
        assert len(other.grades()) == 20


def test_one_at_a_time_is_alone_with_an_assignment(gradebook: Gradebook, url: str) -> None:
    order: list[str] = []

    def second() -> None:
        with Gradebook(url) as other, other.exclusive("conv", on_wait=lambda: order.append("waits")):
            order.append("second")

    with gradebook.exclusive("conv", on_wait=lambda: order.append("never")):
        with Gradebook(url) as other, other.exclusive("dense", on_wait=lambda: order.append("never")):
            pass
        thread = threading.Thread(target=second)
        thread.start()
        wait_until(lambda: order, "the second waits")
        thread.join(timeout=MOMENT)
        order.append("first ends")
    thread.join(timeout=LIMIT)
    assert order == ["waits", "first ends", "second"]


KILLED = """
import os, signal, sys
from fractions import Fraction
from sqlalchemy import event
from grader.batch.gradebook import GradeEntry, Gradebook
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.student import Student, Submission

url, fatal, generation = sys.argv[1], int(sys.argv[2]), sys.argv[3]
results = tuple(CheckResult("conv", f"case-{n}", Status.OK, output=generation) for n in range(40))
criteria = (CriterionGrade("conv", "t", Fraction(5), Fraction(5), Status.OK, results, reason=generation),) * 2
students = [f"student-{n}" for n in range(5)]
submissions = [Submission(name, "conv", name) for name in students]
addresses = {f"conv/{r.case}": f"{r.case} {generation}" for r in results}
fresh = {addresses[f"conv/{r.case}"]: r for r in results}
statements = 0

with Gradebook(url) as book:
    book.hand_in(map(Student, students), submissions)
    @event.listens_for(book._database.engine, "before_cursor_execute")
    def die(*_):
        global statements
        statements += 1
        if statements == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    for submission in submissions:
        grade = Grade("conv", submission.student_id, criteria, "none")
        book.record(submission, GradeEntry(grade, generation, addresses, fresh))
"""


def test_a_killed_run_leaves_each_grade_whole_or_absent(url: str) -> None:
    """Killed before its n-th statement, while a first run is written and while others replace it."""
    for fatal, generation in ((5, "one"), (999, "one"), (19, "two"), (6, "three"), (23, "four")):
        killed = subprocess.run([sys.executable, "-c", KILLED, url, str(fatal), generation], check=False)
        assert killed.returncode == (0 if fatal == 999 else -signal.SIGKILL)
        with Gradebook(url, create=False) as book:
            rows = book.grades()
        assert len(rows) == (0 if fatal == 5 else 5)
        for row in rows:
            assert row.grade is not None
            assert [len(c.results) for c in row.grade.criteria] == [40, 40]
            assert len({r.output for c in row.grade.criteria for r in c.results}) == 1
            assert {c.results[0].output for c in row.grade.criteria} == {row.grade.criteria[0].reason}
    assert "one" in {row.grade.criteria[0].reason for row in rows if row.grade}


def test_the_revisions_are_those_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert revisions() == tuple(sorted(one.revision for one in script.walk_revisions()))
    assert script.get_heads() == [revisions()[-1]]


def test_a_gradebook_of_this_schema_is_opened_without_alembic(url: str) -> None:
    with Gradebook(url):
        pass
    code = (
        "import sys; from grader.batch.gradebook import Gradebook as G; G(sys.argv[1]); print(*sys.modules)"
    )
    process = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert "alembic" not in process.stdout.split()


def test_a_second_new_gradebook_is_like_the_first_and_needs_no_alembic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a damaged cache the migrations run again, and nothing else changes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code = (
        "import sys; from grader.batch.gradebook import Gradebook as G; G(sys.argv[1]); print(*sys.modules)"
    )

    def dump_of_new(name: str) -> tuple[list[str], bool]:
        url = f"sqlite:///{tmp_path / name}"
        process = subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True
        )
        with sqlite3.connect(tmp_path / name) as database:
            lines = list(database.iterdump())
        database.close()
        return lines, "alembic" in process.stdout.split()

    first, migrated = dump_of_new("first.db")
    assert migrated
    assert any("TRIGGER" in line for line in first)
    assert dump_of_new("second.db") == (first, False)
    (schemas,) = (tmp_path / "cache" / "backflip" / "schemas").iterdir()
    schemas.write_bytes(schemas.read_bytes()[:-1])
    assert dump_of_new("third.db") == (first, True)


def test_the_migrations_make_the_tables_that_the_code_reads(url: str) -> None:
    with Gradebook(url) as book, book._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_gradebook_is_migrated_with_its_grades_unchanged(
    url: str, grade: Grade, write_old: Callable[..., None], revision: str
) -> None:
    graded = {"ada": replace(grade, notes=()), "bob": replace(grade, submission="bob", notes=())}
    submissions = {"ada": Submission("ada", "conv", "1", "2", "2026-10-01T12:00:00+02:00", late=True)}
    submissions["bob"] = Submission("bob", "conv", "2")
    before = old_rows(graded, submissions, notes=revision != "0001")
    adjusted = {"assignment": "conv", "criterion": "", "points": "50", "reason": "why", "author": "who"}
    before["adjustments"] = [{"student_id": "bob", **adjusted}]
    write_old(url, revision, before)
    with Gradebook(url) as book:
        rows = book.grades()
        assert [(row.student_id, row.grade, row.submission) for row in rows] == [
            (id, graded[id], submissions[id]) for id in ("ada", "bob")
        ]
        assert {row.review_reason for row in rows} == {"partial: 3 cases were not selected"}
        assert [row.score for row in rows] == [grade.score, grade.score + 50]
        assert rows[1].adjustments[0].submission == submissions["bob"].id


def old_rows(grades: dict[str, Grade], submissions: dict[str, Submission], notes: bool) -> dict[str, Any]:
    """The rows of a gradebook as it was before submissions had doubts."""
    students = [{"id": id, "name": id, "email": "", "section": "", "extension": ""} for id in grades]
    columns = ("student_id", "assignment", "files", "submitted_at", "late")
    handed_in = [
        {"id": s.id, "attempt": s.sequence, **{n: getattr(s, n) for n in columns}}
        for s in submissions.values()
    ]
    rows = []
    for id, grade in grades.items():
        key = {"submission_id": submissions[id].id, "student_id": id, "counts": True, "graded_by": "by"}
        row = key | {"assignment": "conv"} | grade_to_row(grade, {})
        rows.append(row if notes else {n: v for n, v in row.items() if n != "notes"})
    return {"students": students, "submissions": handed_in, "grades": rows}


def not_a_database(path: Path) -> None:
    path.write_text("grades, as a spreadsheet has them " * 100)


def somebody_elses(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE photographs (id)")
    database.close()


def newer_schema(path: Path) -> None:
    Gradebook(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def older_than_versions(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE schema_version (version INTEGER)")
    database.close()


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    "trouble", [not_a_database, somebody_elses, newer_schema, older_than_versions, a_folder]
)
def test_a_file_that_is_no_gradebook_is_explained_in_one_line_and_left_alone(
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
    "url",
    [
        "gradebook.db",
        "postgresql+nosuch://u@h/db",
        "sqlite:////proc/no/book.db",
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql://nobody@/none?host=/nowhere",
    ],
)
def test_a_url_that_nothing_opens_is_explained_in_one_line(url: str) -> None:
    with pytest.raises(UserError, match="cannot use this gradebook") as error:
        Gradebook(url)
    assert "\n" not in str(error.value)


def test_another_kind_of_database_is_explained_in_one_line() -> None:
    with pytest.raises(UserError, match="SQLite or PostgreSQL"):
        Gradebook("mysql://host/db")


def test_reading_never_makes_a_gradebook(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such gradebook"):
        Gradebook(f"sqlite:///{tmp_path}/typo.db", create=False)
    assert os.listdir(tmp_path) == []
