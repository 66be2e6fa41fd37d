"""Laws of rosters and withdrawals: missing students are named, and a wrong batch can be withdrawn."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

from grader.batch.gradebook import Gradebook, GradeEntry
from grader.batch.run import run_batch
from grader.intake.read_class import Intake
from grader.model.class_row import ClassReport
from grader.model.errors import UserError
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.batch_summary import BatchSummary
from grader.model.student import Adjustment, Student, Submission
from grader.report.formats import Request, format_of, names
from grader.report.terminal.batch_screen import BatchScreen
from grader.report.terminal.show_summary import print_summary
from tests.grader.batch.gradebook.test_book import old_rows
from tests.grader.batch.test_run import Executor

ROSTER = tuple(map(Student, ("ada", "bob", "cleo")))


def grade(student: str, points: int = 3) -> Grade:
    results = (CheckResult("conv", "a", Status.OK),)
    criterion = CriterionGrade("conv", "t", Fraction(9), Fraction(points), Status.OK, results)
    return Grade("conv", student, (criterion,), "none")


def bring(
    book: Gradebook, *brought: tuple[str, str, int], roster: tuple[Student, ...] = ()
) -> tuple[str, ...]:
    """Adds one run with student, files and points; returns the students that it restored."""
    submissions = [Submission(student, "conv", files, files) for student, files, _ in brought]
    students = roster or tuple(Student(student) for student, _, _ in brought)
    with book.run("conv", "by"):
        again = book.hand_in(students, submissions, by_roster=bool(roster))
        for submission, (student, _, points) in zip(submissions, brought, strict=True):
            book.record(submission, GradeEntry(grade(student, points), "by"))
    return again


def scores(book: Gradebook) -> dict[str, Any]:
    return {row.student_id: "nothing" if row.is_absent else row.score for row in book.grades()}


def test_a_student_on_the_roster_who_submitted_nothing_has_a_row(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 3), roster=ROSTER)
    assert scores(gradebook) == {"ada": 3, "bob": "nothing", "cleo": "nothing"}
    bring(gradebook, ("bob", "1", 4), roster=ROSTER[:2])  # cleo has left
    assert scores(gradebook) == {"ada": 3, "bob": 4}
    assert {s.student_id for s in gradebook.submissions("conv")} == {"ada", "bob"}
    assert {row.student_id for row in gradebook.standings("conv")} == {"ada", "bob"}


def test_without_a_roster_no_student_is_missed(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 3))
    gradebook.hand_in([Student("bob")], [])
    assert scores(gradebook) == {"ada": 3}


def test_in_an_assignment_that_was_not_graded_no_student_is_missed(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 3), roster=ROSTER)
    assert {row.assignment for row in gradebook.grades()} == {"conv"}
    assert list(gradebook.standings("dense")) == []


def test_a_group_is_kept_and_renewed_by_the_roster(gradebook: Gradebook) -> None:
    gradebook.hand_in([Student("ada", group="g1")], [], by_roster=True)
    gradebook.hand_in([Student("ada")], [])
    assert gradebook.students() == [Student("ada", group="g1")]
    gradebook.hand_in([Student("ada", group="g2")], [], by_roster=True)
    assert gradebook.students() == [Student("ada", group="g2")]


def test_each_report_names_who_submitted_nothing_with_no_score(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 3), roster=ROSTER[:2])
    report = ClassReport(tuple(gradebook.grades()))
    files = {
        name: format_of(name).write(report, Request()).files
        for name in names()
        if not format_of(name).FILLS_IN
    }
    assert files["csv"]["grades.csv"].decode().splitlines()[2] == "bob,,,,conv: submitted nothing"
    assert b'"submitted_nothing": true' in files["json"]["grades.json"]
    assert b'"score": null' in files["json"]["grades.json"]
    assert b"<h2>Submitted nothing</h2>" in files["html"]["conv.html"]
    assert b'<skipped message="submitted nothing" />' in files["junit"]["junit.xml"]
    assert b"The grader has no submission from you." in files["feedback"]["bob/conv.txt"]
    assert files["feedback"]["feedback.csv"].decode().splitlines()[2].startswith("bob,,,conv,,9,")
    assert [name for name in files["gradescope"] if "bob" in name] == []


def test_after_a_run_is_withdrawn_what_counted_before_counts_again(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 5), ("bob", "1", 6))
    bring(gradebook, ("ada", "2", 1), ("ghost", "2", 2))
    gradebook.adjust(Adjustment("ghost", "conv", "", Fraction(1), "why", "who"))
    before = gradebook.grades()
    assert [run.submissions for run in gradebook.runs()] == [2, 2]
    (change, ghost) = gradebook.forget_run(2, "the wrong folder", "me")
    assert (change.student_id, ghost.student_id, ghost.submission) == ("ada", "ghost", "")
    assert scores(gradebook) == {"ada": 5, "bob": 6}
    assert [student.id for student in gradebook.students()] == ["ada", "bob"]
    gradebook.forget_run(2, "", "me", undo=True)
    assert gradebook.grades() == before
    log = [
        (e["action"], e["student_id"])
        for e in gradebook.audit_log()
        if e["action"] in ("withdrawn", "restored")
    ]
    assert log == [(action, who) for action in ("withdrawn", "restored") for who in ("", "ada", "ghost")]


def test_a_submission_without_a_grade_has_none_after_its_run_was_withdrawn_and_restored(
    gradebook: Gradebook,
) -> None:
    """A batch forgets old failures of the students that it reads, but not those of a withdrawn run."""
    bring(gradebook, ("ada", "1", 5))
    waiting = Submission("ada", "conv", "files-2", "2")
    with gradebook.run("conv", "by"):
        gradebook.hand_in([Student("ada")], [waiting])
        gradebook.record_fault(waiting, "boom")
    assert gradebook.faults("conv") == {waiting.id: "ada"}
    gradebook.forget_run(2, "the wrong folder", "me")
    assert gradebook.faults("conv") == {}
    gradebook.forget_run(2, "", "me", undo=True)
    assert gradebook.faults("conv") == {waiting.id: "ada"}


def test_the_submission_that_counted_before_counts_again(gradebook: Gradebook) -> None:
    """Time does not matter: under the policy `best` an earlier one counted."""
    submissions = [Submission("ada", "conv", f"files-{n}", str(n)) for n in range(2)]
    with gradebook.run("conv", "by"):
        gradebook.hand_in([Student("ada")], submissions)
        for submission, points in zip(submissions, (7, 2), strict=True):
            gradebook.record(submission, GradeEntry(grade("ada", points)), [a.id for a in submissions])
    bring(gradebook, ("ada", "9", 1))
    gradebook.forget_run(2, "why", "me")
    assert scores(gradebook) == {"ada": 7}


def test_withdrawing_a_run_brings_the_earlier_roster_back(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 5), roster=ROSTER[:2])
    bring(gradebook, ("ada", "1", 5), roster=(Student("ada"), Student("ghost")))
    assert scores(gradebook) == {"ada": 5, "ghost": "nothing"}
    gradebook.forget_run(2, "the wrong roster", "me")
    assert scores(gradebook) == {"ada": 5, "bob": "nothing"}
    assert [student.id for student in gradebook.students()] == ["ada", "bob"]


def test_points_without_a_submission_outlive_another_ones_withdrawal(
    gradebook: Gradebook,
) -> None:
    gradebook.hand_in([Student("cleo")], [])
    gradebook.adjust(Adjustment("cleo", "conv", "", Fraction(8), "oral examination", "me"))
    bring(gradebook, ("ghost", "1", 5))
    gradebook.forget_run(1, "why", "me")
    assert scores(gradebook) == {"cleo": 8}
    assert [student.id for student in gradebook.students()] == ["cleo"]


def test_a_submission_stays_if_only_a_later_run_of_it_is_withdrawn(
    gradebook: Gradebook,
) -> None:
    bring(gradebook, ("ada", "1", 5))
    bring(gradebook, ("ada", "1", 5))
    assert gradebook.forget_run(2, "why", "me") == []
    assert scores(gradebook) == {"ada": 5}


def test_a_withdrawn_student_is_in_no_report_until_a_new_batch(gradebook: Gradebook) -> None:
    bring(gradebook, ("ada", "1", 5), roster=ROSTER)
    gradebook.adjust(Adjustment("ada", "conv", "", Fraction(1), "why", "who"))
    gradebook.record_fault(gradebook.submissions("conv")[0], "boom")
    assert gradebook.forget_student("ada", None, "not in this course", "me") == ["conv"]
    assert gradebook.forget_student("cleo", "conv", "not in this course", "me") == ["conv"]
    assert scores(gradebook) == {"bob": "nothing"}
    assert gradebook.submissions("conv") == []
    with pytest.raises(UserError, match="the reports have no submission of student 'ada'"):
        gradebook.forget_student("ada", None, "again", "me")
    assert bring(gradebook, ("ada", "1", 5), roster=ROSTER) == ("ada",)
    assert set(scores(gradebook)) == {"ada", "bob"}


def test_a_withdrawn_submission_that_a_new_run_brings_counts_again(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake = make_class("ada", "zoe")
    run(intake, gradebook)
    gradebook.forget_run(1, "why", "me")
    assert gradebook.grades() == []
    summary, text = run(intake, gradebook)
    assert (summary.graded, summary.graded_before, summary.again) == (0, 2, ("ada", "zoe"))
    assert "withdrawn before, and counts again: ada, zoe" in text
    assert [row.student_id for row in gradebook.grades()] == ["ada", "zoe"]
    assert run(intake, gradebook)[0].again == ()
    gradebook.forget_run(1, "", "me", undo=True)
    gradebook.forget_run(1, "why", "me")
    assert [row.student_id for row in gradebook.grades()] == ["ada", "zoe"]  # the second run added them


def test_a_summary_names_who_submitted_nothing_and_counts_the_rest(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake = make_class("ada")
    roster = (*intake.students, *(Student(f"s{n:02d}") for n in range(23)))
    intake = replace(intake, students=roster, by_roster=True)
    for _ in range(2):
        summary, text = run(intake, gradebook)
        assert summary.absent == tuple(student.id for student in roster[1:])
        words = " ".join(text.split())
        assert "23 on the roster submitted nothing: s00, s01" in words
        assert "s19 and 3 more" in words and "s20" not in words


def run(intake: Intake, book: Gradebook) -> tuple[BatchSummary, str]:
    output = io.StringIO()
    summary = run_batch(intake, "by", Executor(), book, "conv", BatchScreen(Console(file=io.StringIO())))
    print_summary(summary, Console(file=output, width=100))
    return summary, output.getvalue()


def test_an_earlier_schema_also_knows_which_run_brought_a_submission(
    url: str, write_old: Callable[..., None]
) -> None:
    submissions = {"ada": Submission("ada", "conv", "1")}
    rows = old_rows({"ada": grade("ada")}, submissions, notes=True)
    time = datetime(2026, 10, 1, 12, tzinfo=UTC)
    rows["runs"] = [{"id": 4, "assignment": "conv", "graded_by": "by", "started_at": time}]
    entry = {"at": time, "run_id": 4, "action": "graded", "student_id": "ada", "assignment": "conv"}
    rows["audit_log"] = [{**entry, "detail": {"submission": submissions["ada"].id}}]
    write_old(url, "0003", rows)
    with Gradebook(url) as book:
        assert scores(book) == {"ada": 3}
        assert [(run.number, run.started_at, run.submissions) for run in book.runs()] == [(4, time, 1)]
        book.forget_run(4, "why", "me")
        assert scores(book) == {}


KILLED = """
import os, signal, sys
from sqlalchemy import event
from grader.batch.gradebook import Gradebook

with Gradebook(sys.argv[1]) as book:
    statements = 0
    @event.listens_for(book._database.engine, "before_cursor_execute")
    def die(*_):
        global statements
        statements += 1
        if statements == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    book.forget_run(2, "why", "me")
"""


@pytest.mark.slow
def test_a_killed_withdrawal_leaves_all_or_nothing_of_it(url: str) -> None:
    with Gradebook(url) as book:
        bring(book, ("ada", "1", 5), ("bob", "1", 6), roster=ROSTER)
        bring(book, ("ada", "2", 1), ("ghost", "2", 2), roster=(Student("ada"), Student("ghost")))
        whole = scores(book)
    ends = set()
    for fatal in (6, 12, 18, 22, 99):
        process = subprocess.run([sys.executable, "-c", KILLED, url, str(fatal)], check=False)
        ends.add(process.returncode)
        with Gradebook(url) as book:
            after = whole if process.returncode else {"ada": 5, "bob": 6, "cleo": "nothing"}
            assert scores(book) == after
    assert ends == {0, -signal.SIGKILL}


def test_an_unknown_run_is_refused_with_the_numbers_that_there_are(gradebook: Gradebook) -> None:
    for _ in range(2):
        with gradebook.run("conv", "by"):
            pass
    with pytest.raises(UserError, match="found no run 7, expected one from 1 to 2"):
        gradebook.forget_run(7, "why", "who")
