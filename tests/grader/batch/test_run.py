"""Laws of grading a class."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.batch.gradebook import Gradebook, GradeEntry
from grader.batch.grading_messages import Work, WorkResult
from grader.batch.run import run_batch
from grader.intake.choice import Choice
from grader.intake.read_class import ClassSubmission, Intake, ReadOptions, read_class
from grader.model.assignment import SubmissionLimits
from grader.model.class_input.inventory import Doubt
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status
from grader.model.results.batch_summary import BatchSummary
from grader.model.student import Adjustment, Submission
from grader.report.terminal.batch_screen import BatchScreen
from grader.report.terminal.show_summary import NOT_CLEAR, print_summary
from tests.waiting import LIMIT, is_running, wait_until

Executed = Generator[tuple[Work, WorkResult | Exception], None, None]


class Executor:
    """Grades by name, without a process: eve's grading fails, bob's fails through the grader's fault."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.known: list[int] = []

    def __call__(self, works: Iterable[Work]) -> Executed:
        for work in works:
            self.done.append(work.students)
            self.known.append(len(work.cached))
            yield work, self.result(work)

    def result(self, work: Work) -> WorkResult | Exception:
        if "eve" in work.students:
            return RuntimeError("[red]no sandbox\x1b[2J")
        status = Status.INTERNAL_ERROR if "bob" in work.students else Status.OK
        results = (CheckResult("conv", "a", status),)
        criterion = CriterionGrade("conv", "t", Fraction(5), Fraction(5), status, results)
        grades = tuple(Grade("conv", student, (criterion,), "none") for student in work.students)
        fresh = {} if status is Status.INTERNAL_ERROR or work.cached else {"address": results[0]}
        addresses = {} if status is Status.INTERNAL_ERROR else {"conv/a": "address"}
        return WorkResult(work.key, grades, (addresses,) * len(grades), fresh)


def run(
    intake: Intake, gradebook: Gradebook, by: str = "by", execute: Executor | None = None, **options: Any
) -> tuple[BatchSummary, str]:
    file = io.StringIO()
    console = Console(file=file, width=100, **options)
    summary = run_batch(intake, by, execute or Executor(), gradebook, "conv", BatchScreen(console))
    print_summary(summary, console)
    return summary, file.getvalue()


def test_nothing_is_lost_and_all_that_needs_review_is_named(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    make_class("ada", "bob", "eve")
    (tmp_path / "class" / "zed").symlink_to("ada")
    (tmp_path / "class" / "notes.txt").touch()
    summary, text = run(read_class(tmp_path / "class", ["conv.py"], "conv"), gradebook)
    assert summary.graded == 2
    assert summary.to_review == (
        Doubt("bob", "not scored: conv/a"),
        Doubt("eve", "grading failed: [red]no sandbox\x1b[2J"),
    )
    assert [doubt.name for doubt in summary.aside] == ["notes.txt", "zed"]
    assert [(row.student_id, row.grade is None) for row in gradebook.grades()] == [
        ("ada", False),
        ("bob", False),
        ("eve", True),
    ]
    assert "2 graded, 1 case run\n2 × grading failed\n" in text
    assert "\n2 × other entries that were not used\n" in text
    assert "\n    zed: a symbolic link" in text and "\n    notes.txt: a file next to" in text
    assert "    eve: grading failed: [red]no sandbox\n" in text
    assert text.endswith(f"2 need review, 2 not used\n{NOT_CLEAR}\n")
    assert "\x1b" not in text


def test_a_clean_run_needs_no_review(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    summary, text = run(make_class("ada", "zoe"), gradebook)
    assert summary == BatchSummary(2, 0, (), (), ran=2)
    assert [line.partition(",")[0] for line in text.splitlines()] == [
        "graded 1 of 2",
        "graded 2 of 2",
        "2 graded",
        "0 need review",
    ]


def test_the_submission_that_counts_is_named(gradebook: Gradebook, tmp_path: Path) -> None:
    for attempt, minute in ((1, 0), (2, 5), (3, 20)):
        folder = tmp_path / "class" / "ada" / f"2026-10-01T10-{minute:02}-00Z"
        folder.mkdir(parents=True)
        (folder / "conv.py").write_text(f"ATTEMPT = {attempt}\n")
    (tmp_path / "class" / "zoe").mkdir()
    (tmp_path / "class" / "zoe" / "conv.py").write_text("ATTEMPT = 1\n")
    choice = Choice(limits=SubmissionLimits(at_most=2))
    summary, text = run(
        read_class(tmp_path / "class", ["conv.py"], "conv", None, ReadOptions(choice)), gradebook
    )
    (counting,) = summary.counting
    assert (counting.student, counting.submitted_at[:16], counting.of) == ("ada", "2026-10-01T10:05", 3)
    assert "1 student submitted more than once" in text and "(1 of 3)" in text


def test_a_second_run_runs_nothing_and_says_so(
    make_class: Callable[..., Intake], gradebook: Gradebook, url: str, rows_of: Callable[[str], Any]
) -> None:
    intake = make_class("ada", "zoe")
    run(intake, gradebook)
    before, log = rows_of(url), gradebook.audit_log()
    execute = Executor()
    summary, text = run(intake, gradebook, execute=execute)
    assert text == "nothing to run, 2 graded before\n0 need review\n"
    assert execute.done == []
    assert summary.graded == 0
    assert (rows_of(url), gradebook.audit_log()) == (before, log)


def test_failures_of_the_grader_are_tried_again(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake, execute = make_class("ada", "bob", "eve"), Executor()
    run(intake, gradebook)
    run(intake, gradebook, execute=execute)
    assert sorted(execute.done) == [("bob",), ("eve",)]


def test_files_that_several_hand_in_are_graded_once(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    make_class("ada", "bea", "cyd")
    (tmp_path / "class" / "cyd" / "conv.py").write_text("# ada\n")
    execute = Executor()
    summary, _ = run(read_class(tmp_path / "class", ["conv.py"], "conv"), gradebook, execute=execute)
    assert execute.done == [("ada", "cyd"), ("bea",)]
    assert [row.grade.submission for row in gradebook.grades() if row.grade] == ["ada", "bea", "cyd"]
    assert (summary.graded, summary.ran) == (3, 2)


def test_an_executor_gets_the_known_results(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    intake, execute = make_class("ada", "zoe"), Executor()
    run(intake, gradebook)
    summary, text = run(intake, gradebook, by="other points", execute=execute)
    assert execute.known == [1, 1]
    assert (summary.graded, summary.rescored, summary.ran) == (2, 2, 0)
    assert "2 graded (2 without running anything), 0 cases run" in text


def test_an_earlier_submission_counts_again_where_it_is_chosen(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    first = make_class("ada")
    (tmp_path / "class" / "ada" / "conv.py").write_text("# second thoughts\n")
    second = read_class(tmp_path / "class", ["conv.py"], "conv")
    for intake in (first, second, first):
        run(intake, gradebook)
        (row,) = gradebook.grades()
        # no input said whether it was late
        assert row.submission == replace(intake.submissions[0].submission, late=False)
    assert [row["action"] for row in gradebook.audit_log()] == ["graded", "graded", "counts"]


def test_a_failure_of_what_no_longer_counts_is_forgotten(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    intake = make_class("eve")
    run(intake, gradebook)
    submission = intake.submissions[0]
    other = replace(submission.submission, files="mended")
    gradebook.hand_in(intake.students, [other])
    gradebook.record(other, GradeEntry(Grade("conv", "eve", (), "none"), "by"))
    run(replace(intake, submissions=(ClassSubmission(other, submission.paths, (other.id,)),)), gradebook)
    assert [(row.fault, row.submission) for row in gradebook.grades()] == [("", replace(other, late=False))]


def test_sqlite_and_postgresql_hold_the_same_rows(
    make_class: Callable[..., Intake], sqlite_url: str, postgres_url: str, rows_of: Callable[[str], Any]
) -> None:
    intake = make_class("ada", "bob", "eve", "山田　太郎")
    for url in (sqlite_url, postgres_url):
        with Gradebook(url) as book:
            run(intake, book)
            book.adjust(Adjustment("ada", "conv", "", Fraction(1, 3), "why", "who"))
    assert rows_of(sqlite_url) == rows_of(postgres_url)
    assert {name: len(rows) for name, rows in rows_of(sqlite_url).items()} == {
        "students": 4, "submissions": 4, "grades": 3, "case_results": 2, "faults": 1, "adjustments": 1,
        "withdrawals": 0, "decisions": 0, "intakes": 1, "submitted_files": 4,
    }  # fmt: skip


def test_plain_lines_stay_few(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    _, text = run(make_class(*(f"s{n:02d}" for n in range(37))), gradebook)
    assert text.count("graded ") == 10


def test_a_terminal_gets_a_bar_with_what_waits_and_the_rate(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    _, text = run(make_class("ada", "eve"), gradebook, force_terminal=True)
    assert "2/2" in text
    assert "0 waiting, 1 failed" in text
    assert "per second" in text


# Workers import what they receive from its module; they could not find a function of the script itself.
# Ten submissions are graded at once, and the others once a test lets them.
GRADING = """
import os, time
from fractions import Fraction
from grader.batch.grading_messages import WorkResult
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

def grade_one(pids, work):
    (pids / str(os.getpid())).touch()
    while work.students[0] >= "student-010" and not (pids / "go on").exists():
        time.sleep(0.01)
    with open(pids / "graded.txt", "a") as file:
        file.write(f"{work.students[0]}\\n")
    results = tuple(CheckResult("conv", f"case-{n}", Status.OK) for n in range(40))
    grade = Grade("conv", work.students[0],
        (CriterionGrade("conv", "t", Fraction(5), Fraction(5), Status.OK, results),), "none")
    addresses = {f"conv/{r.case}": r.case for r in results}
    return WorkResult(work.key, (grade,), (addresses,), {r.case: r for r in results})
"""
BATCH = """
import sys
from functools import partial
from pathlib import Path
from rich.console import Console
from grader.batch.gradebook import Gradebook
from grader.intake.read_class import ReadOptions, read_class
from grader.batch.pool import grade_all
from grader.batch.run import run_batch
from grader.report.terminal.batch_screen import BatchScreen
from slow_grading import grade_one

root, url, pids = sys.argv[1:]
with Gradebook(url) as book:
    execute = partial(grade_all, grade_one=partial(grade_one, Path(pids)), jobs=2)
    intake = read_class(Path(root), ["conv.py"], "conv")
    run_batch(intake, "by", execute, book, "conv", BatchScreen(Console()))
"""


@pytest.fixture
def start(tmp_path: Path, url: str) -> Callable[[], subprocess.Popen[str]]:
    """Starts a batch over `tmp_path/class` in a process of its own; its workers leave their ids in `pids`."""
    script = tmp_path / "batch.py"
    script.write_text(BATCH)
    (tmp_path / "slow_grading.py").write_text(GRADING)
    (tmp_path / "pids").mkdir()

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, script, tmp_path / "class", url, tmp_path / "pids"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGINT])
def test_a_run_cut_short_keeps_whole_grades_and_leaves_no_process(
    make_class: Callable[..., Intake],
    tmp_path: Path,
    url: str,
    start: Callable[[], subprocess.Popen[str]],
    deadly: signal.Signals,
) -> None:
    make_class(*(f"student-{n:03d}" for n in range(100)))
    batch = start()
    assert batch.stdout is not None
    assert batch.stdout.readline().startswith("graded 10 of 100")
    batch.send_signal(deadly)
    _, messages = batch.communicate(timeout=LIMIT)
    assert batch.returncode == -deadly
    assert deadly is signal.SIGKILL or messages.splitlines()[-1] == "KeyboardInterrupt"
    with Gradebook(url) as book:
        rows = book.grades()
    graded = [row.grade for row in rows if row.grade is not None]
    assert (len(graded), len(rows)) == (10, 100)
    assert all(len(grade.criteria[0].results) == 40 for grade in graded)
    assert {row.review_reason for row in rows if row.grade is None} == {"not graded yet"}
    workers = [int(path.name) for path in (tmp_path / "pids").iterdir() if path.name.isdigit()]
    assert 1 <= len(workers) <= 2  # on a busy machine the first may do it all
    wait_until(lambda: not any(is_running(pid) for pid in workers), "no worker is left")


class Interrupted(Executor):
    """Grades one submission, and is interrupted before the next."""

    def __call__(self, works: Iterable[Work]) -> Executed:
        for work in works:
            if self.done:
                raise KeyboardInterrupt
            yield from super().__call__([work])


@pytest.mark.parametrize("changed", ["rubric", "submissions"])
def test_no_earlier_grade_counts_in_place_of_one_that_an_interrupted_run_did_not_reach(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path, changed: str
) -> None:
    run(make_class("ada", "cy"), gradebook)
    by = "another rubric" if changed == "rubric" else "by"
    for path in (tmp_path / "class").glob("*/conv.py") if changed == "submissions" else ():
        path.write_text(f"# {path.parent.name}, again\n")
    intake = read_class(tmp_path / "class", ["conv.py"], "conv")
    with pytest.raises(KeyboardInterrupt):
        run(intake, gradebook, by, Interrupted())
    assert [row.review_reason for row in gradebook.grades()] == ["", "not graded yet"]
    assert [each.ended for each in gradebook.runs()] == [True, False]
    run(intake, gradebook, by)
    assert [row.review_reason for row in gradebook.grades()] == ["", ""]


def test_the_grades_of_a_rubric_count_again_after_its_change_is_taken_back(
    make_class: Callable[..., Intake], gradebook: Gradebook
) -> None:
    intake = make_class("ada", "cy")
    run(intake, gradebook)
    with pytest.raises(KeyboardInterrupt):
        run(intake, gradebook, "another rubric", Interrupted())
    run(intake, gradebook)
    assert [row.review_reason for row in gradebook.grades()] == ["", ""]


def test_two_batches_on_one_gradebook_grade_no_submission_twice(
    make_class: Callable[..., Intake], tmp_path: Path, url: str, start: Callable[[], subprocess.Popen[str]]
) -> None:
    names = [f"student-{n:03d}" for n in range(20)]
    make_class(*names)
    first = start()
    assert first.stdout is not None
    assert first.stdout.readline().startswith("graded 2 of 20")
    second = start()
    assert second.stdout is not None
    assert "waiting for another batch" in second.stdout.readline()
    (tmp_path / "pids" / "go on").touch()
    output = [batch.communicate(timeout=LIMIT) for batch in (first, second)]
    assert not any("waiting for another batch" in out for out, _ in output), output
    graded = (tmp_path / "pids" / "graded.txt").read_text().split()
    assert sorted(graded) == names
    with Gradebook(url) as book:
        assert [row.student_id for row in book.grades()] == names


def test_a_submission_keeps_its_id() -> None:
    """Submissions written by an earlier Backflip must be found again."""
    assert Submission("ada", "conv", "1", "2").id == "44be1523dba5566203979488981b74da"
