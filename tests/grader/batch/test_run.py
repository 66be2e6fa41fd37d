"""Laws of grading a class."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from rich.console import Console

from grader.batch.gradebook import Gradebook
from grader.batch.intake import FoundSubmission, Intake, SetAside, find_submissions
from grader.batch.run import BatchSummary, print_summary, run_batch
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status


def grade_by_name(submission: FoundSubmission) -> Grade:
    if submission.student_id == "eve":
        raise RuntimeError("[red]no sandbox\x1b[2J")
    status = Status.INTERNAL_ERROR if submission.student_id == "bob" else Status.OK
    results = (CheckResult("conv", "a", status),)
    criterion = CriterionGrade("conv", "t", Fraction(5), Fraction(5), status, results)
    return Grade("conv_forward", submission.student_id, (criterion,), "none")


def run(intake: Intake, gradebook: Gradebook, **options: object) -> tuple[BatchSummary, str]:
    file = io.StringIO()
    console = Console(file=file, width=80, **options)  # type: ignore[arg-type]
    summary = run_batch(intake, grade_by_name, gradebook, "conv_forward", 1, console)
    print_summary(summary, console)
    return summary, file.getvalue()


def test_nothing_is_lost_and_everything_that_needs_a_person_is_named(
    make_class: Callable[..., Intake], gradebook: Gradebook, tmp_path: Path
) -> None:
    make_class("ada", "bob", "eve")
    (tmp_path / "class" / "zed").symlink_to("ada")
    (tmp_path / "class" / "notes.txt").touch()
    summary, text = run(find_submissions(tmp_path / "class", ["conv.py"]), gradebook)
    assert summary.graded == 2
    assert summary.needs_person == (
        SetAside("bob", "not scored: conv/a"),
        SetAside("eve", "grading failed: [red]no sandbox\x1b[2J"),
        SetAside("zed", "a symbolic link; expected the student's folder itself"),
    )
    assert summary.ignored == ("notes.txt",)
    assert [(row.student_id, row.grade is None) for row in gradebook.grades()] == [
        ("ada", False),
        ("bob", False),
        ("eve", True),
    ]
    assert "2 graded, 3 need a person" in text
    assert "  eve: grading failed: [red]no sandbox\n" in text
    assert "not a submission: notes.txt" in text
    assert "\x1b" not in text


def test_a_clean_run_needs_nobody(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    summary, text = run(make_class("ada", "zoe"), gradebook)
    assert summary == BatchSummary(2, (), ())
    assert text.splitlines() == ["graded 1 of 2", "graded 2 of 2", "2 graded, 0 need a person"]


def test_plain_lines_stay_few(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    _, text = run(make_class(*(f"s{n:02d}" for n in range(37))), gradebook)
    assert text.count("graded ") == 10


def test_a_terminal_gets_a_bar_with_rate(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    _, text = run(make_class("ada", "zoe"), gradebook, force_terminal=True)
    assert "2/2" in text
    assert "0 waiting" in text
    assert "per second" in text


def test_every_submission_is_graded_anew(make_class: Callable[..., Intake], gradebook: Gradebook) -> None:
    intake = make_class("ada")
    stale = replace(grade_by_name(intake.submissions[0]), sandbox="stale")
    gradebook.record("ada", "0", stale)
    run(intake, gradebook)
    assert [row.grade.sandbox for row in gradebook.grades() if row.grade] == ["none"]


INTERRUPTED = """
import os, sys, time
from fractions import Fraction
from functools import partial
from pathlib import Path
from rich.console import Console
from grader.batch.gradebook import Gradebook
from grader.batch.intake import find_submissions
from grader.batch.run import run_batch
from grader.model.grade import CheckResult, CriterionGrade, Grade, Status

def grade_one(pids, submission):
    (pids / str(os.getpid())).touch()
    time.sleep(0.1)
    results = tuple(CheckResult("conv", f"case-{n}", Status.OK) for n in range(40))
    return Grade("conv", submission.student_id,
        (CriterionGrade("conv", "t", Fraction(5), Fraction(5), Status.OK, results),), "none")

if __name__ == "__main__":
    root, url, pids = sys.argv[1:]
    with Gradebook(url) as book:
        run_batch(find_submissions(Path(root), ["conv.py"]), partial(grade_one, Path(pids)), book, "conv", 2,
            Console())
"""


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGINT])
def test_a_run_cut_short_keeps_whole_grades_and_leaves_no_process(
    make_class: Callable[..., Intake], tmp_path: Path, url: str, deadly: signal.Signals
) -> None:
    make_class(*(f"student-{n:03d}" for n in range(100)))
    script, pids = tmp_path / "interrupted.py", tmp_path / "pids"
    script.write_text(INTERRUPTED)
    pids.mkdir()
    batch = subprocess.Popen(
        [sys.executable, script, tmp_path / "class", url, pids],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert batch.stdout is not None
    assert batch.stdout.readline() == "graded 10 of 100\n"
    batch.send_signal(deadly)
    _, said = batch.communicate(timeout=10)
    assert batch.returncode == -deadly
    assert deadly is signal.SIGKILL or said.splitlines()[-1] == "KeyboardInterrupt"
    with Gradebook(url) as book:
        rows = book.grades()
    assert 10 <= len(rows) < 100
    assert all(row.grade is not None and len(row.grade.criteria[0].results) == 40 for row in rows)
    workers = [int(path.name) for path in pids.iterdir()]
    assert len(workers) == 2
    deadline = time.monotonic() + 8
    while any(is_running(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in workers)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
